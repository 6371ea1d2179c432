// peerProve.mjs INPUT WASM ZKEY RUNS → one line of JSON: medians of witness + proof and of verification by snarkjs, in this process.
import { readFileSync } from 'node:fs';
import { groth16, zKey } from 'snarkjs';

const [input, wasm, zkey, runs] = process.argv.slice(2);
const values = JSON.parse(readFileSync(input, 'utf8'));
const key = await zKey.exportVerificationKey(zkey);
const proving = [];
const verifying = [];
let publics = [];
for (let run = 0; run <= Number(runs); run++) {
  const began = performance.now();
  const { proof, publicSignals } = await groth16.fullProve(values, wasm, zkey);
  const proven = performance.now();
  if (!(await groth16.verify(key, publicSignals, proof))) throw new Error('the peer’s proof does not verify');
  publics = publicSignals;
  if (run === 0) continue; // a warm-up
  proving.push(proven - began);
  verifying.push(performance.now() - proven);
}
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
console.log(JSON.stringify({ proveMs: median(proving), verifyMs: median(verifying), publics }));
process.exit(0);
