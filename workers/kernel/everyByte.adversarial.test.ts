// No byte of a proof is idle. `npm run fuzz -- --bits` flips every bit there is; here every thirteenth byte has one flipped.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { tinyNet } from '../../src/program/testing/samples.ts';
import { prove, setup } from '../../src/prove/transparent/testing/bench.ts';
import { flipped, REFUSALS } from '../../src/prove/transparent/testing/mutations.ts';
import { verifyTransparent } from '../../src/verify/transparent/index.ts';
import { type FastKernels, loadKernels } from './index.ts';

let kernels: FastKernels;
beforeAll(async () => {
  const target = join(mkdtempSync(join(tmpdir(), 'kernel-')), 'kernel.wasm');
  execFileSync(process.execPath, [new URL('./build.mjs', import.meta.url).pathname, target], { stdio: 'inherit' });
  kernels = await loadKernels(readFileSync(target));
}, 120_000);

test('a bit flipped in any byte is refused, on the kernels that the command line and the app verify with', async () => {
  const ready = setup(tinyNet(2));
  const proof = prove(ready, {}, kernels);
  const codeOf = (bytes: Uint8Array): string => {
    const checked = verifyTransparent({ ...ready, proof: bytes, kernels });
    return checked.ok ? 'accepted' : checked.error.code;
  };
  expect(codeOf(proof)).toBe('accepted');
  const odd: string[] = [];
  let looked = 0;
  for (let at = 0; at < proof.length; at += 13, looked++) {
    const code = codeOf(flipped(proof, 8 * at + (looked % 8)));
    if (!REFUSALS.has(code)) odd.push(`bit ${looked % 8} of byte ${at}: ${code}`);
    // Proofs are synchronous: without a breath the runner believes its worker dead.
    if (looked % 500 === 0) await new Promise((turn) => setTimeout(turn, 0));
  }
  expect(odd).toEqual([]);
  expect(looked).toBeGreaterThan(3_000);
});
