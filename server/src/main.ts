// SPDX-License-Identifier: Apache-2.0
//
// The verifier service as a program: `node server.mjs` runs it until SIGINT or SIGTERM, `node server.mjs rotate-keys` makes a new
// signing key. README.md says how to configure it.
import { mkdirSync } from 'node:fs';
import { readConfig } from './config.ts';
import { rotateKeys } from './keys.ts';
import { traceOf } from './log.ts';
import { startVerifier } from './start.ts';
import { StartError } from './start-error.ts';

try {
  const config = readConfig(process.env.TACIT_CONFIG ?? 'config.json', process.env);
  const [command] = process.argv.slice(2);
  if (command === 'rotate-keys') {
    mkdirSync(config.data, { recursive: true, mode: 0o700 });
    console.log(`New signing key ${(await rotateKeys(config.data)).kid}. Restart the service to use it.`);
  } else if (command === undefined) {
    const running = await startVerifier(config);
    let stopping = false;
    // `disconnect`: a parent that started us with a channel is gone, however it ended.
    for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) {
      process.on(event, () => {
        if (stopping) return;
        stopping = true;
        void running.stop().then(() => process.exit(0));
      });
    }
  } else {
    throw new StartError(`There is no command ${command}. Commands: rotate-keys.`);
  }
} catch (error) {
  // An operator's mistake is a sentence; anything else names the place in our code.
  console.error(error instanceof StartError ? `The verifier does not start. ${error.message}` : traceOf(error));
  process.exit(1);
}
