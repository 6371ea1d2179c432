// `npm run bench:memory -- [--prove] SIDExFILTERS …`: what networks of convolutions (bench/networks.ts) take to prove, one line of JSON each: how
// many activations, how long planning and counting the memory took, the megabytes of kernel memory and what a module can hold. With
// --prove also a real proof, checked: what it held must be to the byte what was counted. One process for all of them: its RSS is printed.
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Hash32 } from '../src/base/index.ts';
import { prepareModel } from '../src/protocol/transparent/index.ts';
import { proverBytes, proveTransparent } from '../src/prove/transparent/index.ts';
import { verifyTransparent } from '../src/verify/transparent/index.ts';
import { openKernels } from '../workers/kernel/index.ts';
import { IntegerNetwork, loadIntegerKernels } from '../workers/kernel/integer/index.ts';
import { must } from './must.ts';
import { convNet } from './networks.ts';

const { values, positionals } = parseArgs({ options: { prove: { type: 'boolean', default: false } }, allowPositionals: true });
const file = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(path, import.meta.url)));
const kernels = await openKernels({ wasm: file('../workers/kernel/kernel.threads.wasm'), threads: 2 });
const integers = await loadIntegerKernels(file('../.cache/kernel/integer.wasm'));
const zeros = '00'.repeat(32) as Hash32;

for (const net of positionals) {
  const [side = 0, filters = 16] = net.split('x').map(Number);
  const { graph, input, activations } = convNet(side, 1, filters)();
  let last = performance.now();
  const seconds = (): number => {
    const [now, before] = [performance.now(), last];
    last = now;
    return Math.round(now - before) / 1000;
  };
  const prepared = prepareModel(graph);
  const planSeconds = seconds();
  if (!prepared.ok) {
    console.log(JSON.stringify({ net, activations, planSeconds, refused: prepared.error }));
    continue;
  }
  const { plan, witness } = prepared.value;
  const bytes = proverBytes(plan, kernels.threads);
  const countSeconds = seconds();
  const line = {
    net,
    activations,
    planSeconds,
    countSeconds,
    countedMb: Math.round(bytes / 1e6),
    capacityMb: Math.floor(kernels.capacity / 1e6),
  };
  if (!values.prove) {
    console.log(JSON.stringify(line));
    continue;
  }
  const network = must(await IntegerNetwork.create(integers, graph));
  // Over the module's limit the prover is asked all the same: it must refuse at once.
  const fits = bytes <= kernels.capacity;
  const filled = fits
    ? must(witness([input], [1, 2, 3, 4, 5, 6, 7, 8], (list, visit) => network.run(list, visit)))
    : { blocks: [], publics: [] };
  const witnessSeconds = seconds();
  const statement = { model: zeros, nonce: zeros, publics: filled.publics };
  const random = (into: Uint8Array): void => void randomFillSync(into);
  const made = proveTransparent({ plan, statement, witness: filled, kernels, random, consume: true });
  const proveSeconds = seconds();
  const rest = made.ok
    ? {
        exact: kernels.peak() === bytes,
        proofBytes: made.value.length,
        accepted: verifyTransparent({ plan, statement, proof: made.value, kernels }).ok,
        verifierMb: Math.round(kernels.peak() / 1e6),
        verifySeconds: seconds(),
      }
    : { refused: made.error };
  console.log(JSON.stringify({ ...line, witnessSeconds, proveSeconds, ...rest, rssMb: Math.round(process.memoryUsage().rss / 1e6) }));
}
kernels.close();
