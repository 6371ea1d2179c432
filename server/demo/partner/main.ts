// SPDX-License-Identifier: Apache-2.0
//
// The demo partner as a program: a lender's web site on its own port, with its own key. It talks to the verifier over HTTP alone.
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import applicants from '../../../circuits/credit-score/applicants.json' with { type: 'json' };
import { DEFAULT_THRESHOLD } from '../../../circuits/face/constants.ts';
import { createShop } from './app.ts';
import { makePartnerKey, readPartnerKey } from './key.ts';
import { openPartner } from './partner.ts';

const port = Number(process.env.TACIT_PARTNER_PORT ?? 8788);
const verifier = process.env.TACIT_ORIGIN ?? 'http://localhost:8787';
const directory = process.env.TACIT_PARTNER_DATA_DIR ?? 'data/partner';
const origin = `http://localhost:${port}`;

await makePartnerKey(directory);
const partner = openPartner({ id: 'harbour-loans', origin, verifier, key: await readPartnerKey(directory), fetch });
const shop = createShop({
  partner,
  origin,
  verifier,
  policy: applicants.policy,
  facePolicy: { threshold: DEFAULT_THRESHOLD },
  clock: () => new Date(),
});

const listener = getRequestListener(shop.fetch, { overrideGlobalObjects: false });
const server = createServer(
  { maxHeaderSize: 16 * 1024, headersTimeout: 10_000 },
  (incoming, outgoing) => void listener(incoming, outgoing),
);
server.on('error', (error) => {
  console.error(`The demo partner does not start. ${error.message}`);
  process.exit(1);
});
server.listen(port, 'localhost');

const stop = () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
};
for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, stop);
