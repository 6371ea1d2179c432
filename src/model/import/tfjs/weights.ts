// SPDX-License-Identifier: Apache-2.0
import { decodeFloat, smallFloat } from '../../dtype.ts';
import { refuse } from '../../refuse.ts';
import { type DType, sizeOf, type Tensor } from '../../tensor.ts';
import { isRecord, type Json, numbersOf, textOf } from './json.ts';

interface Stored {
  readonly width: number;
  readonly read: (view: DataView, at: number) => number;
}
// Maps, not objects: a file may name its type "constructor".
const stored: ReadonlyMap<string, Stored> = new Map<string, Stored>([
  ['float32', { width: 4, read: (view, at) => view.getFloat32(at, true) }],
  [
    'float16',
    {
      width: 2,
      read: (view, at) =>
        decodeFloat(smallFloat('float16') ?? { exponent: 5, mantissa: 10, bias: 15, top: 'ieee' }, view.getUint16(at, true)),
    },
  ],
  ['int32', { width: 4, read: (view, at) => view.getInt32(at, true) }],
  ['uint16', { width: 2, read: (view, at) => view.getUint16(at, true) }],
  ['uint8', { width: 1, read: (view, at) => view.getUint8(at) }],
  ['bool', { width: 1, read: (view, at) => view.getUint8(at) }],
]);
const results: ReadonlyMap<string, DType> = new Map<string, DType>([
  ['float32', 'float32'],
  ['int32', 'int32'],
  ['bool', 'bool'],
]);

/** The tensors of a weights manifest, laid one after the other in `bytes` (all shards joined in the manifest's order). */
export function readWeights(manifest: Json | undefined, bytes: Uint8Array): Map<string, Tensor> {
  const out = new Map<string, Tensor>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (const group of Array.isArray(manifest) ? manifest : refuse('model/malformed', { what: 'it has no weights manifest' })) {
    const specs =
      isRecord(group) && Array.isArray(group.weights) ? group.weights : refuse('model/malformed', { what: 'the weights manifest' });
    for (const spec of specs) {
      if (!isRecord(spec)) return refuse('model/malformed', { what: 'the weights manifest' });
      const name = textOf(spec.name, 'a weight name');
      const shape = numbersOf(spec.shape, `the shape of ${name}`);
      const quantization = isRecord(spec.quantization) ? spec.quantization : undefined;
      const declared = textOf(spec.dtype, `the type of ${name}`);
      const dtype = results.get(declared) ?? refuse('model/unsupported', { node: name, op: 'weight', reason: `element type ${declared}` });
      const kind = quantization === undefined ? declared : textOf(quantization.dtype, `the quantisation of ${name}`);
      const format = stored.get(kind) ?? refuse('model/unsupported', { node: name, op: 'weight', reason: `stored as ${kind}` });
      const size = sizeOf(shape, name);
      if (at + size * format.width > bytes.length) refuse('model/malformed', { what: `the weights end inside ${name}` });
      const affine = kind === 'uint8' || kind === 'uint16';
      const scale = affine
        ? typeof quantization?.scale === 'number'
          ? quantization.scale
          : refuse('model/malformed', { what: `the scale of ${name}` })
        : 1;
      const least = affine && typeof quantization?.min === 'number' ? quantization.min : 0;
      const start = at;
      const data = Float64Array.from({ length: size }, (_, i) => {
        const value = format.read(view, start + i * format.width);
        return affine ? Math.fround(value * scale + least) : value;
      });
      at += size * format.width;
      if (out.has(name)) refuse('model/malformed', { what: `the weight ${name} is defined twice` });
      out.set(name, { dtype, shape, data });
    }
  }
  if (at !== bytes.length) refuse('model/malformed', { what: `${bytes.length - at} bytes of weights are left over` });
  return out;
}
