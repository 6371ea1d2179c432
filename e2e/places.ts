/** Where the programs under test listen: not the ports of `npm start`, so that both can run. */
export const appPort = 8797;
export const partnerPort = 8798;
export const appOrigin = `http://localhost:${appPort}`;
export const partnerOrigin = `http://localhost:${partnerPort}`;
