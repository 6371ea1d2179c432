import { readFileSync } from 'node:fs';
import { parseIntegerModel, witnessInput } from '../../circuits/credit-score/index.ts';
import { proveGroth16 } from '../../src/prove/index.ts';
import { benchmark } from '../../workers/prover/benchmark.ts';
import { prove } from '../../workers/prover/prove.ts';

const fx = JSON.parse(readFileSync('/tmp/h/fixture.json', 'utf8'));
const dir = `public/bundles/${fx.request.bundle}`;
const manifest = JSON.parse(readFileSync(`${dir}/manifest.json`, 'utf8'));
const rd = (n: string) => new Uint8Array(readFileSync(`${dir}/${manifest.artefacts[n].file}`));
const cpu = () => {
  const u = process.cpuUsage();
  return (u.user + u.system) / 1000;
};
console.log(
  'rate by wall',
  benchmark(400, () => performance.now()),
  'by cpu',
  benchmark(1500, cpu),
);
const files = { wasm: rd('wasm'), zkey: rd('zkey'), vkey: rd('vkey'), model: rd('model'), schema: rd('schema') };
const schema = JSON.parse(Buffer.from(files.schema).toString());
const model = JSON.parse(Buffer.from(files.model).toString());
const input = witnessInput({ request: fx.request, credential: fx.credential, holder: fx.holder, model, schema, manifest });
if (!input.ok) throw new Error(JSON.stringify(input));
for (const singleThread of [true, true, false, false]) {
  const c = cpu(),
    t = performance.now();
  let w = 0;
  const r = await proveGroth16({
    manifest,
    wasm: files.wasm,
    zkey: files.zkey,
    input: input.value,
    singleThread,
    onStage: (s) => {
      if (s.stage !== 'witness' && !w) w = cpu() - c;
    },
  });
  console.log({ singleThread, ok: r.ok, cpu: cpu() - c, wall: performance.now() - t, witnessCpu: w });
}
process.exit(0);
