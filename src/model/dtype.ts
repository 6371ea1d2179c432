// SPDX-License-Identifier: Apache-2.0
import type { DType, Tensor } from './tensor.ts';

interface IntegerKind {
  readonly bits: number;
  readonly signed: boolean;
}
const integers: Partial<Record<DType, IntegerKind>> = {
  int2: { bits: 2, signed: true },
  uint2: { bits: 2, signed: false },
  int4: { bits: 4, signed: true },
  uint4: { bits: 4, signed: false },
  int8: { bits: 8, signed: true },
  uint8: { bits: 8, signed: false },
  int16: { bits: 16, signed: true },
  uint16: { bits: 16, signed: false },
  int32: { bits: 32, signed: true },
  uint32: { bits: 32, signed: false },
  int64: { bits: 64, signed: true },
  uint64: { bits: 64, signed: false },
};

export const integerKind = (dtype: DType): IntegerKind | undefined => integers[dtype];

/** Smallest and largest value of an integer type; exact up to 32 bits, the nearest doubles for 64. */
export function integerRange(kind: IntegerKind): { readonly min: number; readonly max: number } {
  const top = 2 ** (kind.signed ? kind.bits - 1 : kind.bits);
  return { min: kind.signed ? -top : 0, max: kind.bits === 64 ? top : top - 1 };
}

/**
 * Small float formats: exponent bits, stored mantissa bits, exponent bias, and how the top codes are used
 * ('ieee': top exponent is infinity and NaN; 'fn': only the all-ones code is NaN; 'fnuz': only negative zero is NaN;
 * 'finite': every code is a number).
 */
interface FloatKind {
  readonly exponent: number;
  readonly mantissa: number;
  readonly bias: number;
  readonly top: 'ieee' | 'fn' | 'fnuz' | 'finite';
}
const floats: Partial<Record<DType, FloatKind>> = {
  float16: { exponent: 5, mantissa: 10, bias: 15, top: 'ieee' },
  bfloat16: { exponent: 8, mantissa: 7, bias: 127, top: 'ieee' },
  float8e4m3fn: { exponent: 4, mantissa: 3, bias: 7, top: 'fn' },
  float8e4m3fnuz: { exponent: 4, mantissa: 3, bias: 8, top: 'fnuz' },
  float8e5m2: { exponent: 5, mantissa: 2, bias: 15, top: 'ieee' },
  float8e5m2fnuz: { exponent: 5, mantissa: 2, bias: 16, top: 'fnuz' },
  float4e2m1: { exponent: 2, mantissa: 1, bias: 1, top: 'finite' },
};

export const smallFloat = (dtype: DType): FloatKind | undefined => floats[dtype];

/** The value of a code of a small float format. */
export function decodeFloat(kind: FloatKind, code: number): number {
  const width = kind.exponent + kind.mantissa;
  const sign = (code >> width) & 1 ? -1 : 1;
  const exponent = (code >> kind.mantissa) & (2 ** kind.exponent - 1);
  const mantissa = code & (2 ** kind.mantissa - 1);
  const topExponent = 2 ** kind.exponent - 1;
  if (kind.top === 'ieee' && exponent === topExponent) return mantissa === 0 ? sign * Infinity : NaN;
  if (kind.top === 'fn' && exponent === topExponent && mantissa === 2 ** kind.mantissa - 1) return NaN;
  if (kind.top === 'fnuz' && sign < 0 && exponent === 0 && mantissa === 0) return NaN;
  return exponent === 0
    ? sign * mantissa * 2 ** (1 - kind.bias - kind.mantissa)
    : sign * (1 + mantissa * 2 ** -kind.mantissa) * 2 ** (exponent - kind.bias);
}

function largest(kind: FloatKind): number {
  const topExponent = 2 ** kind.exponent - 1 - (kind.top === 'ieee' ? 1 : 0);
  const topMantissa = 2 ** kind.mantissa - 1 - (kind.top === 'fn' ? 1 : 0);
  return (1 + topMantissa * 2 ** -kind.mantissa) * 2 ** (topExponent - kind.bias);
}

/** `ties to even` of a non-negative or negative number. */
export function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Nearest value of a small format, ties to even. Too large: the largest when `saturate`, else infinity or NaN as the format has it. */
function roundFloat(kind: FloatKind, value: number, saturate: boolean): number {
  const top = largest(kind);
  if (Number.isNaN(value)) return kind.top === 'finite' ? 0 : NaN;
  if (Math.abs(value) === Infinity && !saturate) return kind.top === 'ieee' ? value : kind.top === 'finite' ? Math.sign(value) * top : NaN;
  const magnitude = Math.min(Math.abs(value), 2 ** 1000);
  const exponent = Math.max(magnitude === 0 ? -9999 : Math.floor(Math.log2(magnitude)), 1 - kind.bias);
  // log2 can be off by one next to a power of two; one correction step suffices.
  const e =
    magnitude >= 2 ** (exponent + 1) ? exponent + 1 : magnitude < 2 ** exponent && exponent > 1 - kind.bias ? exponent - 1 : exponent;
  const unit = 2 ** (e - kind.mantissa);
  const rounded = roundEven(magnitude / unit) * unit;
  const sign = Math.sign(value);
  if (rounded <= top) return rounded === 0 && kind.top === 'fnuz' ? 0 : sign < 0 || Object.is(value, -0) ? -rounded : rounded;
  if (saturate || kind.top === 'finite') return sign * top;
  return kind.top === 'ieee' ? sign * Infinity : NaN;
}

/** Rounds one value to what `dtype` can hold: floats to nearest even, integers wrap (as the runtimes do). */
export function rounder(dtype: DType, saturate = false): (value: number) => number {
  if (dtype === 'float32') return Math.fround;
  if (dtype === 'float64') return (value) => value;
  if (dtype === 'bool') return (value) => (value === 0 ? 0 : 1);
  const float = floats[dtype];
  if (float !== undefined) return (value) => roundFloat(float, value, saturate);
  const kind = integers[dtype] as IntegerKind;
  const modulus = 2 ** kind.bits;
  const { min, max } = integerRange(kind);
  return (value) => {
    const whole = Math.trunc(value);
    if (whole >= min && whole <= max) return whole + 0;
    if (!Number.isFinite(whole)) return whole > 0 ? max : min;
    const wrapped = ((whole % modulus) + modulus) % modulus;
    return kind.signed && wrapped >= modulus / 2 ? wrapped - modulus : wrapped;
  };
}

/** A tensor of `dtype` from unrounded values (rounded in place). */
export function stored(dtype: DType, shape: readonly number[], data: Float64Array): Tensor {
  if (dtype !== 'float64') {
    const round = rounder(dtype);
    for (let i = 0; i < data.length; i++) data[i] = round(data[i] as number);
  }
  return { dtype, shape: [...shape], data };
}
