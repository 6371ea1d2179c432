import { bytesToHex, err, isHash32, ok, type Result, sha256Hex } from '../../src/base/index.ts';
import type { ModelAbout } from '../../src/client/index.ts';
import { decodeIntGraph, encodeInput, tensorSize } from '../../src/model/integer.ts';
import { type OnPlanning, prepareModel } from '../../src/protocol/transparent/index.ts';
import { modelProvable } from '../../src/prove/transparent/index.ts';
import { checkModelFile } from '../../src/verify/transparent/index.ts';
import { random } from './random.ts';
import type { Prepared } from './statements.ts';

export const keyOf = ({ network, policy }: ModelAbout): string => `${sha256Hex(network)} ${JSON.stringify(policy ?? null)}`;

/** Errors: those of decodeIntGraph, model/input for more than one input, those of prepareModel. */
export function prepare({ network: bytes, policy }: ModelAbout, onPlanning?: OnPlanning): Result<Prepared<'model'>> {
  const network = decodeIntGraph(bytes);
  if (!network.ok) return network;
  const { inputs, tensors, nodes } = network.value;
  const [id, ...more] = inputs;
  const tensor = id === undefined ? undefined : tensors[id];
  if (tensor === undefined || more.length > 0)
    return err('model/input', { what: `the model has ${inputs.length} inputs; one is supported here` });
  const prepared = prepareModel(network.value, policy, onPlanning);
  if (!prepared.ok) return prepared;
  const { shape, scale, range } = tensor;
  return ok({
    plan: prepared.value.plan,
    provable({ input, nonce = bytesToHex(fresh(32)) }) {
      if (input.length !== tensorSize(shape)) return err('model/input', { what: `${input.length} numbers; it takes ${tensorSize(shape)}` });
      if (!input.every(Number.isFinite)) return err('model/input', { what: 'a value that is not a number' });
      if (!isHash32(nonce)) return err('input/malformed', { what: 'nonce: 64 lower-case hex digits' });
      const integers = encodeInput({ dtype: 'float32', shape, data: input }, scale);
      input.fill(0);
      const layers = nodes.map(({ name }) => name);
      return ok(modelProvable({ prepared: prepared.value, range, layers, input: integers, nonce }));
    },
    check: ({ file }) => checkModelFile(() => prepared, JSON.stringify(file, null, 2)),
  });
}

function fresh(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  random(bytes);
  return bytes;
}
