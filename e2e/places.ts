import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the programs under test listen: not the ports of `npm start`, so that both can run. */
export const appPort = Number(process.env.TACIT_E2E_PORT ?? 8797);
export const partnerPort = appPort + 1;
export const appOrigin = `http://localhost:${appPort}`;
export const partnerOrigin = `http://localhost:${partnerPort}`;

/** Their data folder, new for every run; set once, since every process of a run reads this file. */
process.env.TACIT_E2E_DATA ??= mkdtempSync(join(tmpdir(), 'tacit-e2e-'));
export const dataDir = process.env.TACIT_E2E_DATA;
