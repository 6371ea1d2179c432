// SPDX-License-Identifier: Apache-2.0

export interface DemoOptions {
  readonly port: number;
  readonly partnerPort: number;
  readonly data: string;
  /** File with the demo partner's public key. */
  readonly partnerKey: string;
  readonly app: string;
  readonly bundles: string;
  readonly faces: string;
}

/** The configuration of the demonstration: everything a production one must not have, in one place. */
export const demoConfig = ({ port, partnerPort, data, partnerKey, app, bundles, faces }: DemoOptions) => ({
  origin: `http://localhost:${port}`,
  listen: { host: 'localhost', port },
  data,
  app,
  bundles,
  faces,
  acceptDevelopmentKeys: true,
  demoIssuer: true,
  demoRegistrar: true,
  demoPartner: `http://localhost:${partnerPort}`,
  partners: [
    {
      id: 'harbour-loans',
      name: 'Harbour Loans (demo)',
      origins: [`http://localhost:${partnerPort}`],
      issuer: 'demo',
      keys: [{ file: partnerKey }],
    },
  ],
});
