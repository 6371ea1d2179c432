// SPDX-License-Identifier: Apache-2.0
import { decodeFloat, integerKind, smallFloat } from '../../dtype.ts';
import { refuse } from '../../refuse.ts';
import { type DType, sizeOf, type Tensor } from '../../tensor.ts';
import type { TensorProto } from './schema.ts';

/** TensorProto.DataType; strings, complex numbers and 8-bit exponents are absent. */
const dataTypes: Readonly<Record<number, DType>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  21: 'uint4',
  22: 'int4',
  23: 'float4e2m1',
  25: 'uint2',
  26: 'int2',
}; // prettier-ignore

export const dtypeOf = (code: number | undefined): DType | undefined => dataTypes[code ?? 0];

const bitsOf = (dtype: DType): number => {
  const kind = integerKind(dtype);
  if (kind !== undefined) return kind.bits;
  const float = smallFloat(dtype);
  if (float !== undefined) return 1 + float.exponent + float.mantissa;
  return dtype === 'float64' ? 64 : dtype === 'bool' ? 8 : 32;
};

/** One little-endian element, or for sizes under a byte the packed ones. */
function readRaw(raw: Uint8Array, dtype: DType, size: number): Float64Array {
  const out = new Float64Array(size);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const bits = bitsOf(dtype);
  const kind = integerKind(dtype);
  const float = smallFloat(dtype);
  for (let i = 0; i < size; i++) {
    if (dtype === 'float32') out[i] = view.getFloat32(4 * i, true);
    else if (dtype === 'float64') out[i] = view.getFloat64(8 * i, true);
    else if (bits === 64) out[i] = Number(kind?.signed ? view.getBigInt64(8 * i, true) : view.getBigUint64(8 * i, true));
    else if (bits === 32) out[i] = kind?.signed ? view.getInt32(4 * i, true) : view.getUint32(4 * i, true);
    else {
      const perByte = bits < 8 ? 8 / bits : 1;
      const code =
        bits === 16 ? view.getUint16(2 * i, true) : ((raw[Math.floor(i / perByte)] as number) >> ((i % perByte) * bits)) & (2 ** bits - 1);
      out[i] =
        float !== undefined
          ? decodeFloat(float, code)
          : kind?.signed && code >= 2 ** (bits - 1)
            ? code - 2 ** bits
            : dtype === 'bool'
              ? Number(code !== 0)
              : code;
    }
  }
  return out;
}

/** A TensorProto as a tensor; refuses external data, types we do not have and lengths that do not fit. */
export function readTensor(proto: TensorProto, name = proto.name ?? 'tensor'): Tensor {
  if (proto.dataLocation === 1 || (proto.externalData?.length ?? 0) > 0) refuse('model/external-data', { tensor: name });
  const dtype =
    dtypeOf(proto.dataType) ?? refuse('model/unsupported', { node: name, op: 'tensor', reason: `element type ${proto.dataType ?? 0}` });
  const shape = proto.dims ?? [];
  const size = sizeOf(shape, name);
  const bytes = Math.ceil((size * bitsOf(dtype)) / 8);
  if (proto.rawData !== undefined) {
    if (proto.rawData.length !== bytes)
      refuse('model/malformed', { what: `${name} has ${proto.rawData.length} bytes where ${bytes} belong` });
    return { dtype, shape, data: readRaw(proto.rawData, dtype, size) };
  }
  const list = proto.floatData ?? proto.doubleData ?? proto.int64Data ?? proto.uint64Data ?? proto.int32Data ?? [];
  const packed = proto.int32Data !== undefined && list === proto.int32Data && (bitsOf(dtype) < 8 || smallFloat(dtype) !== undefined);
  if (packed) {
    // Small types travel as codes: one an entry, or a byte's worth an entry under 8 bits.
    const wide = bitsOf(dtype) === 16 ? 2 : 1;
    const raw = new Uint8Array(list.length * wide);
    list.forEach((code, i) => {
      raw[i * wide] = code & 255;
      if (wide === 2) raw[2 * i + 1] = (code >> 8) & 255;
    });
    if (raw.length !== bytes) refuse('model/malformed', { what: `${name} has the wrong number of values` });
    return { dtype, shape, data: readRaw(raw, dtype, size) };
  }
  if (list.length !== size) refuse('model/malformed', { what: `${name} has ${list.length} values where ${size} belong` });
  return { dtype, shape, data: Float64Array.from(list) };
}
