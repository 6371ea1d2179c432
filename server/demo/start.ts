// SPDX-License-Identifier: Apache-2.0
//
// The demonstration as one program: makes the demo partner's key, writes the configuration that registers it, and runs the verifier
// and the partner as two processes until SIGINT or SIGTERM.
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoConfig } from './config.ts';
import { makePartnerKey, publicKeyFile } from './partner/key.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const port = Number(process.env.TACIT_PORT ?? 8787);
const partnerPort = Number(process.env.TACIT_PARTNER_PORT ?? 8788);
const data = resolve(process.env.TACIT_DATA_DIR ?? 'data');
const partnerData = join(data, 'partner');

mkdirSync(data, { recursive: true, mode: 0o700 });
await makePartnerKey(partnerData);
const config = demoConfig({
  port,
  partnerPort,
  data,
  partnerKey: publicKeyFile(partnerData),
  app: process.env.TACIT_APP ?? here('../../dist/app'),
  faces: process.env.TACIT_FACES ?? here('../../circuits/face'),
  bundles: process.env.TACIT_BUNDLES ?? here('../../public/bundles'),
});
const path = join(data, 'config.json');
writeFileSync(path, `${JSON.stringify(config, null, 2)}\n`);

const env = {
  ...process.env,
  TACIT_CONFIG: path,
  TACIT_ORIGIN: config.origin,
  TACIT_PARTNER_PORT: String(partnerPort),
  TACIT_PARTNER_DATA_DIR: partnerData,
  TACIT_LOG_LEVEL: process.env.TACIT_LOG_LEVEL ?? 'error',
};
const children = [here('./server.mjs'), here('./partner.mjs')].map((program) => fork(program, [], { env }));

/** 0 after a signal; 1 when one of the two ended by itself, which is no demonstration any more. */
let code: number | undefined;
const stop = (wanted: number): void => {
  code ??= wanted;
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(0));
await Promise.all(
  children.map(
    (child) =>
      new Promise<void>((ended) => {
        child.once('exit', () => {
          stop(1);
          ended();
        });
      }),
  ),
);
process.exit(code);
