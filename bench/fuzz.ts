// `npm run fuzz -- [--bits] [--count N] [--seed S] [--reference K] [--seconds T]`: N changed proofs (or as many as T seconds allow) for the
// verifier, every K-th for the reference verifier too, which must give the same code. With --bits, instead, every bit of one proof flipped,
// one at a time. Prints how often each code came; exits 1 at a throw, a disagreement, an unknown code, or a changed proof that is accepted.
// A change that changes nothing is counted and left out.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { encodeProgram } from '../src/program/index.ts';
import { seeded, tinyNet } from '../src/program/testing/samples.ts';
import { proofFields } from '../src/protocol/transparent/index.ts';
import { prove, setup } from '../src/prove/transparent/testing/bench.ts';
import { flipped, mutated, REFUSALS } from '../src/prove/transparent/testing/mutations.ts';
import { verifyReference } from '../src/verify/reference/index.ts';
import { verifyTransparent } from '../src/verify/transparent/index.ts';
import { loadKernels } from '../workers/kernel/index.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '11' },
    reference: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: 'Infinity' },
    bits: { type: 'boolean', default: false },
  },
});
const [asked, seed, every, limit] = [values.count, values.seed, values.reference, values.seconds].map(Number);
const kernels = await loadKernels(readFileSync(new URL('../workers/kernel/kernel.wasm', import.meta.url)));
const ready = setup(tinyNet(2));
const encoded = encodeProgram(ready.plan.program);
const corpus = { proof: prove(ready), other: prove(ready), fields: proofFields(ready.plan) };
const { proof } = corpus;
const count = values.bits ? 8 * proof.length : asked;
const next = seeded(seed);
const seen = new Map<string, number>();
const began = performance.now();
let slowest = 0;
let inputs = 0;
const tally = (code: string): void => void seen.set(code, (seen.get(code) ?? 0) + 1);
for (; inputs < count && performance.now() - began < 1000 * limit; inputs++) {
  // A long run that is broken off should leave a number behind.
  if (inputs % 10_000 === 0 && inputs > 0) process.stderr.write(`${inputs} inputs, none accepted\n`);
  const bytes = values.bits ? flipped(proof, inputs) : mutated(corpus, inputs, next);
  if (bytes.length === proof.length && bytes.every((x, at) => x === proof[at])) {
    tally('unchanged');
    continue;
  }
  const start = performance.now();
  const checked = verifyTransparent({ ...ready, proof: bytes, kernels });
  slowest = Math.max(slowest, performance.now() - start);
  const code = checked.ok ? 'accepted' : checked.error.code;
  tally(code);
  if (!REFUSALS.has(code)) throw new Error(`input ${inputs} of seed ${seed}: ${code}`);
  if (inputs % every === 0) {
    const reference = verifyReference(encoded, ready.statement, bytes) ?? 'accepted';
    if (reference !== code) throw new Error(`input ${inputs} of seed ${seed}: ${code}, but the reference verifier says ${reference}`);
  }
}
const seconds = (performance.now() - began) / 1000;
console.log(
  `${inputs} inputs, ${values.bits ? `every bit of ${proof.length} bytes` : `seed ${seed}`}, ${seconds.toFixed(0)} s, slowest ${slowest.toFixed(0)} ms, every ${every}th with the reference verifier`,
);
for (const [code, times] of [...seen].sort((a, b) => b[1] - a[1])) console.log(`  ${code} ${times}`);
