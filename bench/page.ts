// Runs in the page of bench/browser.ts: proves one network several times, returns times and the last proof.
import type { Hash32 } from '../src/base/index.ts';
import { planProgram } from '../src/protocol/transparent/index.ts';
import { proveTransparent } from '../src/prove/transparent/index.ts';
import { verifyTransparent } from '../src/verify/transparent/index.ts';
import { loadKernels } from '../workers/kernel/index.ts';
import { measured } from './statements.ts';

const random = (into: Uint8Array): void => {
  for (let at = 0; at < into.length; at += 65536) crypto.getRandomValues(into.subarray(at, at + 65536) as Uint8Array<ArrayBuffer>);
};

async function run(name: string, runs: number, kernel: number[]) {
  const kernels = await loadKernels(Uint8Array.from(kernel));
  const made = measured[name]?.();
  if (made === undefined) throw new Error(`nothing called ${name}`);
  const plan = planProgram(made.program);
  const zeros = '00'.repeat(32) as Hash32;
  const proveMs: number[] = [];
  const verifyMs: number[] = [];
  let peakBytes = 0;
  let proof: Uint8Array = new Uint8Array(0);
  let publics: readonly number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    const witness = made.witness();
    if (!witness.ok) throw new Error(witness.error.code);
    publics = witness.value.publics;
    const statement = { model: zeros, nonce: zeros, publics };
    const result = proveTransparent({ plan, statement, witness: witness.value, kernels, random });
    proveMs.push(performance.now() - start);
    if (!result.ok) throw new Error(result.error.code);
    peakBytes = kernels.peak();
    proof = result.value;
    const before = performance.now();
    const checked = verifyTransparent({ plan, statement, proof, kernels });
    verifyMs.push(performance.now() - before);
    if (!checked.ok) throw new Error(checked.error.code);
  }
  return { proveMs, verifyMs, activations: made.activations, peakBytes, proof: Array.from(proof), publics };
}

(globalThis as unknown as { run: typeof run }).run = run;
