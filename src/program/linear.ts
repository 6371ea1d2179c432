// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { fromSigned, isCanonical, P } from '../field/index.ts';
import type { Factor, LinearForm, Matrix, Source, Term } from './types.ts';

/** One axis of a tensor: its true size, and the bits it is padded to. */
export interface Axis {
  readonly size: number;
  readonly bits: number;
}

/** A tensor that lives in a block (or in the public vector): row-major, every axis padded, first axis on top. */
export interface Tensor {
  readonly source: Source;
  readonly axes: readonly Axis[];
}

/** A tensor of virtual cells. */
export interface Virtual {
  readonly axes: readonly Axis[];
  readonly terms: readonly Term[];
}

export const axis = (size: number): Axis => ({ size, bits: Math.ceil(Math.log2(size)) });
export const axesOf = (sizes: readonly number[]): Axis[] => sizes.map(axis);
export const bitsOf = (axes: readonly Axis[]): number => axes.reduce((sum, { bits }) => sum + bits, 0);
export const sizesOf = (axes: readonly Axis[]): number[] => axes.map(({ size }) => size);
export const sizeOf = (axes: readonly Axis[]): number => axes.reduce((product, { size }) => product * size, 1);

/** The bit at which each axis starts. */
export const shiftsOf = (axes: readonly Axis[]): number[] => axes.map((_, i) => bitsOf(axes.slice(i + 1)));

/** Padded index of each true cell, in row-major order. */
export function paddedIndices(axes: readonly Axis[]): Uint32Array {
  let indices = new Uint32Array(1);
  for (const { size, bits } of axes) {
    const next = new Uint32Array(indices.length * size);
    for (let h = 0, at = 0; h < indices.length; h++) for (let i = 0; i < size; i++) next[at++] = indices[h] * 2 ** bits + i;
    indices = next;
  }
  return indices;
}

/** f of the true cells, in row-major order, into padded cells (zeros elsewhere); signed values of the field. */
export function pad(axes: readonly Axis[], values: ArrayLike<number>, f?: (x: number) => number): Uint32Array {
  invariant(values.length === sizeOf(axes), 'pad: wrong count of values');
  const cells = new Uint32Array(2 ** bitsOf(axes));
  const run = axes.at(-1)?.size ?? 1;
  const starts = paddedIndices(axes.slice(0, -1));
  const step = 2 ** (axes.at(-1)?.bits ?? 0);
  for (let row = 0, from = 0; row < starts.length; row++)
    for (let at = starts[row] * step, end = at + run; at < end; at++, from++) {
      const x = f === undefined ? values[from] : f(values[from]);
      cells[at] = x < 0 ? x + P : x;
    }
  return cells;
}

export const formOf = ({ axes, terms }: Virtual): LinearForm => ({ bits: bitsOf(axes), terms });

export const identityMatrix = ({ size, bits }: Axis): Matrix => ({ kind: 'identity', outBits: bits, inBits: bits, size });

/** Signed or canonical entries; zeros are dropped. */
export function entriesMatrix(
  outBits: number,
  inBits: number,
  entries: readonly (readonly [row: number, col: number, value: number])[],
): Matrix {
  const kept = entries.filter(([, , value]) => value !== 0);
  return {
    kind: 'entries',
    outBits,
    inBits,
    rows: Uint32Array.from(kept, ([row]) => row),
    cols: Uint32Array.from(kept, ([, col]) => col),
    values: Uint32Array.from(kept, ([, , value]) => residue(value)),
  };
}

/** Ones at (rows[e], cols[e]). */
export const selection = (outBits: number, inBits: number, rows: Uint32Array, cols: Uint32Array): Matrix => ({
  kind: 'entries',
  outBits,
  inBits,
  rows,
  cols,
  values: new Uint32Array(rows.length).fill(1),
});

/** first, first + step, ..: `count` indices. */
export const progression = (count: number, first = 0, step = 1): Uint32Array => {
  const list = new Uint32Array(count);
  for (let i = 0; i < count; i++) list[i] = first + i * step;
  return list;
};

export function residue(value: number): number {
  const canonical = fromSigned(value);
  invariant(isCanonical(canonical), 'residue: not an integer of the field');
  return canonical;
}

/** `factors` reach bits of the output that nothing else covers: a column that is 1 on the first `size` cells. */
export const ones = ({ size, bits }: Axis): Matrix => selection(bits, 0, progression(size), new Uint32Array(size));

/** The tensor itself: true cells only, so that padding is never read. */
export function same(x: Tensor, scale = 1): Virtual {
  const shifts = shiftsOf(x.axes);
  const factors = x.axes.map((a, i) => ({ outShift: shifts[i], inShift: shifts[i], matrix: identityMatrix(a) }));
  return { axes: x.axes, terms: [{ source: x.source, scale: residue(scale), factors }] };
}

/** All cells, padding too: for the output side of a lookup, which then forces the padding to zero. */
export function whole(x: Tensor): LinearForm {
  const bits = bitsOf(x.axes);
  return {
    bits,
    terms: [{ source: x.source, scale: 1, factors: [{ outShift: 0, inShift: 0, matrix: identityMatrix({ size: 2 ** bits, bits }) }] }],
  };
}

/** Sum of virtual tensors of one shape. */
export function sum(...parts: readonly Virtual[]): Virtual {
  const first = parts[0];
  invariant(
    first !== undefined && parts.every((part) => String(part.axes.map((a) => a.size)) === String(first.axes.map((a) => a.size))),
    'sum: shapes differ',
  );
  return { axes: first.axes, terms: parts.flatMap(({ terms }) => terms) };
}

/** out[o] = sum_i weights[o * inputs + i] x[i], i over the true cells of x in row-major order. */
export function dense(x: Tensor, weights: ArrayLike<number>, outputs: number): Virtual {
  const inputs = sizeOf(x.axes);
  invariant(weights.length === inputs * outputs, 'dense: wrong count of weights');
  const out = axis(outputs);
  const matrix: Matrix = {
    kind: 'dense',
    outBits: out.bits,
    inBits: bitsOf(x.axes),
    cols: paddedIndices(x.axes),
    values: Uint32Array.from(weights, residue),
  };
  return { axes: [out], terms: [{ source: x.source, scale: 1, factors: [{ outShift: 0, inShift: 0, matrix }] }] };
}

/** values[i] on the cells whose first index is i, for all true cells: a bias, out of the public vector's 1. */
export function bias(axes: readonly Axis[], values: ArrayLike<number>, publicBits: number): Virtual {
  const first = axes[0];
  invariant(first !== undefined && values.length === first.size, 'bias: wrong count of values');
  const shifts = shiftsOf(axes);
  const column = entriesMatrix(
    first.bits,
    publicBits,
    Array.from(values, (value, i) => [i, 0, value] as const),
  );
  const factors: Factor[] = axes.map((a, i) => ({ outShift: shifts[i], inShift: 0, matrix: i === 0 ? column : ones(a) }));
  return { axes, terms: [{ source: 'public', scale: 1, factors }] };
}

/**
 * A public constant tensor: `values` has the shape `shape`, each axis the tensor's length or 1 (repeated). All axes from the first
 * to the last that vary form one factor; the others are ones.
 */
export function constantOn(axes: readonly Axis[], values: ArrayLike<number>, shape: readonly number[], publicBits: number): Virtual {
  const varying = shape.map((length, a) => (length > 1 ? a : -1)).filter((a) => a >= 0);
  const [from, to] = [varying[0] ?? 0, (varying.at(-1) ?? 0) + 1];
  const middle = axes.slice(from, to);
  const shifts = shiftsOf(axes);
  const column = entriesMatrix(bitsOf(middle), publicBits, broadcast(middle, values, shape.slice(from, to)));
  const factors: Factor[] = axes.flatMap((a, i) => (i >= from && i < to ? [] : [{ outShift: shifts[i], inShift: 0, matrix: ones(a) }]));
  factors.push({ outShift: shifts[to - 1] ?? 0, inShift: 0, matrix: column });
  return { axes, terms: [{ source: 'public', scale: 1, factors }] };
}

/** (padded index, 0, value) for every true cell of `axes`, values broadcast from `shape`. */
export function broadcast(axes: readonly Axis[], values: ArrayLike<number>, shape: readonly number[]): [number, number, number][] {
  const indices = paddedIndices(axes);
  return Array.from(indices, (index, cell) => {
    let at = 0;
    let rest = cell;
    let stride = 1;
    for (let a = axes.length - 1; a >= 0; a--) {
      const position = rest % axes[a].size;
      rest = Math.floor(rest / axes[a].size);
      if (shape[a] > 1) at += position * stride;
      stride *= shape[a];
    }
    return [index, 0, values[at]];
  });
}

/** Public value `first + i` at cell i, scaled: for outputs, nonces, roots. */
export function publicValues(size: number, first: number, publicBits: number, scale = 1): Virtual {
  const out = axis(size);
  const matrix = entriesMatrix(
    out.bits,
    publicBits,
    Array.from({ length: size }, (_, i) => [i, 1 + first + i, 1] as const),
  );
  return { axes: [out], terms: [{ source: 'public', scale: residue(scale), factors: [{ outShift: 0, inShift: 0, matrix }] }] };
}

export interface Conv {
  readonly weights: ArrayLike<number>;
  readonly outputs: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Before and after, rows then columns. */
  readonly padding: readonly [number, number, number, number];
  readonly groups: number;
}

/** y -> stride * y + k - before, as a 0/1 matrix from input positions to output positions. */
const shifted = (out: Axis, input: Axis, stride: number, k: number, before: number): Matrix =>
  entriesMatrix(
    out.bits,
    input.bits,
    Array.from({ length: out.size }, (_, y) => [y, stride * y + k - before, 1] as const).filter(([, at]) => at >= 0 && at < input.size),
  );

/** Weights of one kernel position: a full matrix without groups, else the blocks on its diagonal. */
function channelMatrix(conv: Conv, group: number, out: Axis, channels: Axis, weight: (o: number, c: number) => number): Matrix {
  if (conv.groups === 1) {
    const values = Uint32Array.from({ length: out.size * group }, (_, e) => residue(weight(Math.floor(e / group), e % group)));
    return { kind: 'dense', outBits: out.bits, inBits: channels.bits, cols: Uint32Array.from({ length: group }, (_, c) => c), values };
  }
  const perGroup = conv.outputs / conv.groups;
  const entries: [number, number, number][] = [];
  for (let o = 0; o < conv.outputs; o++)
    for (let c = 0; c < group; c++) entries.push([o, Math.floor(o / perGroup) * group + c, weight(o, c)]);
  return entriesMatrix(out.bits, channels.bits, entries);
}

/**
 * x is (C, H, W); weights (O, C / groups, kh, kw) row-major. One Kronecker term a kernel position: channels x rows x columns,
 * the row and column factors shared, so that neither prover nor verifier does a step per multiply-accumulate.
 */
export function conv2d(x: Tensor, conv: Conv): Virtual {
  const [channels, height, width] = x.axes;
  invariant(channels !== undefined && height !== undefined && width !== undefined && x.axes.length === 3, 'conv2d: input is not (C, H, W)');
  const [kh, kw] = conv.kernel;
  const [top, bottom, left, right] = conv.padding;
  const group = channels.size / conv.groups;
  invariant(conv.weights.length === conv.outputs * group * kh * kw, 'conv2d: wrong count of weights');
  const out = [
    axis(conv.outputs),
    axis(Math.floor((height.size + top + bottom - kh) / conv.stride[0]) + 1),
    axis(Math.floor((width.size + left + right - kw) / conv.stride[1]) + 1),
  ];
  const outShifts = shiftsOf(out);
  const inShifts = shiftsOf(x.axes);
  const rows = Array.from({ length: kh }, (_, i) => shifted(out[1], height, conv.stride[0], i, top));
  const cols = Array.from({ length: kw }, (_, j) => shifted(out[2], width, conv.stride[1], j, left));
  const terms: Term[] = [];
  for (let i = 0; i < kh; i++)
    for (let j = 0; j < kw; j++) {
      const weight = (o: number, c: number): number => conv.weights[((o * group + c) * kh + i) * kw + j];
      const matrices = [channelMatrix(conv, group, out[0], channels, weight), rows[i], cols[j]];
      terms.push({
        source: x.source,
        scale: 1,
        factors: matrices.map((matrix, a) => ({ outShift: outShifts[a], inShift: inShifts[a], matrix })),
      });
    }
  return { axes: out, terms };
}

/** Applies one matrix to each axis: pooling sums, slices, padding, upsampling, flips; out[a] = number of rows of matrix a. */
export function separable(x: Tensor, out: readonly Axis[], entries: readonly (readonly (readonly [number, number, number])[])[]): Virtual {
  const outShifts = shiftsOf(out);
  const inShifts = shiftsOf(x.axes);
  const factors = x.axes.map((a, i) => ({
    outShift: outShifts[i],
    inShift: inShifts[i],
    matrix: entriesMatrix(out[i].bits, a.bits, entries[i]),
  }));
  return { axes: out, terms: [{ source: x.source, scale: 1, factors }] };
}

/** Axes in another order: out axis i is axis order[i] of x. */
export function transpose(x: Tensor, order: readonly number[]): Virtual {
  const out = order.map((a) => x.axes[a]);
  const outShifts = shiftsOf(out);
  const inShifts = shiftsOf(x.axes);
  const factors = order.map((a, i) => ({ outShift: outShifts[i], inShift: inShifts[a], matrix: identityMatrix(x.axes[a]) }));
  return { axes: out, terms: [{ source: x.source, scale: 1, factors }] };
}
