// SPDX-License-Identifier: Apache-2.0
//
// Test helper: real data that some machines have beside the checkout; tests that need it are skipped elsewhere.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder `shared/data` beside any parent of this file, or TACIT_DATA; undefined where there is none. */
export function dataFolder(): string | undefined {
  const told = process.env.TACIT_DATA;
  if (told !== undefined) return told;
  for (let at = dirname(fileURLToPath(import.meta.url)); at !== dirname(at); at = dirname(at)) {
    const candidate = join(at, 'shared', 'data');
    if (existsSync(candidate)) return candidate;
  }
  return undefined;
}

export const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
