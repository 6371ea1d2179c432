// One Node process of its own for one thread setting, so that its peak memory is its own: node.ts RUNS THREADS → one line of JSON.
import * as ort from 'onnxruntime-web';
import { checkCredential, modelInputs, witnessInput } from '../circuits/credit-score/index.ts';
import { readStatement } from '../src/cli/statement.ts';
import { proveGroth16 } from '../src/prove/index.ts';
import { prepareBundle, verifyProof } from '../src/verify/index.ts';
import { freshInput, openBundle } from './files.ts';
import { must } from './must.ts';
import type { Program } from './report.ts';

const [runs, threads] = process.argv.slice(2).map(Number);
const bundle = await openBundle();
const { manifest } = bundle;
const statement = must(await readStatement(bundle));
const [wasm, zkey, vkey] = await Promise.all((['wasm', 'zkey', 'vkey'] as const).map(async (name) => must(await bundle.read(name))));
if (wasm === undefined || zkey === undefined || vkey === undefined) throw new Error('the bundle is incomplete');
const prepared = must(prepareBundle(manifest, vkey));
const idleMb = Math.round(process.memoryUsage.rss() / 2 ** 20);
const whole: number[] = [];
const witness: number[] = [];
const prove: number[] = [];
const verify: number[] = [];
let proofBytes = 0;
for (let run = 0; run <= (runs ?? 5); run++) {
  const { request, credential, holder } = await freshInput(bundle);
  const began = performance.now();
  let solved = began;
  const input = must(witnessInput({ request, credential, holder, manifest, ...statement }));
  const proof = must(
    await proveGroth16({
      manifest,
      wasm,
      zkey,
      input,
      singleThread: threads === 1,
      onStage: ({ stage }) => {
        if (stage !== 'witness' && solved === began) solved = performance.now();
      },
    }),
  );
  const proven = performance.now();
  must(verifyProof(prepared, request, proof));
  const checked = performance.now();
  proofBytes = JSON.stringify(proof).length;
  if (run === 0) continue; // a warm-up
  whole.push(checked - began);
  witness.push(solved - began);
  prove.push(proven - solved);
  verify.push(checked - proven);
}
const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);

// The command line shows no preview; this is the app's, in the same runtime, after the memory was read.
const { schema, model } = statement;
ort.env.wasm.numThreads = threads ?? 1;
const session = await ort.InferenceSession.create(must(await bundle.read('preview')));
const preview: number[] = [];
for (let run = 0; run <= (runs ?? 5); run++) {
  const { request, credential } = await freshInput(bundle);
  const { coded } = must(checkCredential({ credential, schema, issuer: request.issuer, now: request.issuedAt }));
  const asked = performance.now();
  const inputs = Float32Array.from(modelInputs(model, schema, coded));
  await session.run({ input: new ort.Tensor('float32', inputs, [1, inputs.length]) });
  if (run > 0) preview.push(performance.now() - asked);
}

const program: Program = {
  program: 'credit-score (Groth16)',
  runtime: 'Node',
  threads: threads ?? 1,
  state: 'warm',
  previewMs: preview,
  proveMs: whole,
  stages: { witness, prove },
  verifyMs: verify,
  peakMb,
  idleMb,
  proofBytes,
};
console.log(JSON.stringify(program));
process.exit(0);
