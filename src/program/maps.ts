// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import type { LinearMap } from '../model/intGraph.ts';
import {
  type Axis,
  bitsOf,
  broadcast,
  entriesMatrix,
  identityMatrix,
  ones,
  paddedIndices,
  progression,
  residue,
  selection,
  shiftsOf,
  sizeOf,
} from './linear.ts';
import type { Factor, Matrix } from './types.ts';

/** scale * Kronecker product, still without a source. */
export interface MapTerm {
  readonly factors: readonly Factor[];
}

/** One matrix an axis. */
const perAxis = (out: readonly Axis[], input: readonly Axis[], matrix: (a: number) => Matrix): MapTerm => {
  const [outShifts, inShifts] = [shiftsOf(out), shiftsOf(input)];
  return { factors: out.map((_, a) => ({ outShift: outShifts[a], inShift: inShifts[a], matrix: matrix(a) })) };
};

const indices = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** Window positions of one axis: output y reads stride y + k dilation - before, for the kernel offsets from `first` up to `end`. */
function window(out: Axis, input: Axis, stride: number, before: number, dilation: number, first: number, end: number): Matrix {
  /** The offsets of y that lie inside the input. */
  const inside = (y: number): readonly [from: number, to: number] => [
    Math.max(first, Math.ceil((before - stride * y) / dilation)),
    Math.min(end - 1, Math.floor((input.size - 1 + before - stride * y) / dilation)),
  ];
  let count = 0;
  for (let y = 0; y < out.size; y++) {
    const [from, to] = inside(y);
    count += Math.max(0, to - from + 1);
  }
  const [rows, cols] = [new Uint32Array(count), new Uint32Array(count)];
  for (let y = 0, e = 0; y < out.size; y++) {
    const [from, to] = inside(y);
    for (let k = from; k <= to; k++, e++) {
      rows[e] = y;
      cols[e] = stride * y + k * dilation - before;
    }
  }
  return selection(out.bits, input.bits, rows, cols);
}

function conv(map: Extract<LinearMap, { op: 'conv' }>, x: readonly Axis[], y: readonly Axis[]): MapTerm[] {
  const [filters, perGroup, ...kernel] = map.weightShape;
  const positions = kernel.reduce((a, b) => a * b, 1);
  const spatial = kernel.map((size, s) =>
    indices(size).map((k) => window(y[2 + s], x[2 + s], map.strides[s], map.padsBefore[s], map.dilations[s], k, k + 1)),
  );
  const strides = kernel.map((_, s) => kernel.slice(s + 1).reduce((a, b) => a * b, 1));
  return indices(positions).map((position) => {
    const weight = (o: number, i: number): number => map.weights[(o * perGroup + i) * positions + position];
    let channels: Matrix;
    if (map.group === 1) {
      const values = Uint32Array.from({ length: filters * perGroup }, (_, e) => residue(weight(Math.floor(e / perGroup), e % perGroup)));
      channels = { kind: 'dense', outBits: y[1].bits, inBits: x[1].bits, cols: Uint32Array.from(indices(perGroup)), values };
    } else {
      const perFilters = filters / map.group;
      const entries = indices(filters).flatMap((o) =>
        indices(perGroup).map((i) => [o, Math.floor(o / perFilters) * perGroup + i, weight(o, i)] as [number, number, number]),
      );
      channels = entriesMatrix(y[1].bits, x[1].bits, entries);
    }
    const matrices = [identityMatrix(x[0]), channels, ...spatial.map((axis, s) => axis[Math.floor(position / strides[s]) % kernel[s]])];
    return perAxis(y, x, (a) => matrices[a]);
  });
}

function dense(map: Extract<LinearMap, { op: 'dense' }>, x: readonly Axis[], y: readonly Axis[]): MapTerm {
  const last = x.length - 1;
  const matrix: Matrix = {
    kind: 'dense',
    outBits: y[last].bits,
    inBits: x[last].bits,
    cols: Uint32Array.from(indices(map.weightShape[1])),
    values: Uint32Array.from(map.weights, residue),
  };
  return perAxis(y, x, (a) => (a === last ? matrix : identityMatrix(x[a])));
}

/** Diagonal on the axes from the first to the last that vary, identity elsewhere. */
function scale(map: Extract<LinearMap, { op: 'scale' }>, x: readonly Axis[]): MapTerm {
  const varying = indices(x.length).filter((a) => map.factorShape[a] > 1);
  const [from, to] = [varying[0] ?? 0, (varying.at(-1) ?? 0) + 1];
  const middle = x.slice(from, to);
  const shifts = shiftsOf(x);
  const bits = bitsOf(middle);
  const diagonal = entriesMatrix(
    bits,
    bits,
    broadcast(middle, map.factors, map.factorShape.slice(from, to)).map(([index, , value]): [number, number, number] => [
      index,
      index,
      value,
    ]),
  );
  const factors: Factor[] = x.flatMap((axis, a) =>
    a >= from && a < to ? [] : [{ outShift: shifts[a], inShift: shifts[a], matrix: identityMatrix(axis) }],
  );
  factors.push({ outShift: shifts[to - 1] ?? 0, inShift: shifts[to - 1] ?? 0, matrix: diagonal });
  return { factors };
}

/** Axes of x and of y that hold the same positions: neighbours, as few of each as have one product. Axes of length one hold nothing. */
function alike(x: readonly Axis[], y: readonly Axis[]): (readonly [readonly number[], readonly number[]])[] {
  const long = (axes: readonly Axis[]): number[] => indices(axes.length).filter((a) => axes[a].size > 1);
  const [xs, ys] = [long(x), long(y)];
  const groups: [number[], number[]][] = [];
  while (xs.length > 0 || ys.length > 0) {
    const group: [number[], number[]] = [[], []];
    let [left, right] = [1, 1];
    do {
      const next = left <= right ? xs.shift() : undefined;
      if (next !== undefined) {
        group[0].push(next);
        left *= x[next].size;
      } else {
        const other = ys.shift();
        invariant(other !== undefined, 'reshape: sizes differ');
        group[1].push(other);
        right *= y[other].size;
      }
    } while (left !== right);
    groups.push(group);
  }
  return groups;
}

/**
 * Same positions in the same order: a factor for each group of axes that {@link alike} finds, so that what a reshape does to the
 * channels leaves rows and columns alone. Two axes of one length change nothing.
 */
function reshape(x: readonly Axis[], y: readonly Axis[]): MapTerm {
  const [outShifts, inShifts] = [shiftsOf(y), shiftsOf(x)];
  const groups = alike(x, y);
  if (groups.length === 0) return { factors: [{ outShift: 0, inShift: 0, matrix: identityMatrix({ size: 1, bits: 0 }) }] };
  return {
    factors: groups.map(([xs, ys]) => {
      const [from, to] = [xs.map((a) => x[a]), ys.map((a) => y[a])];
      const place = { outShift: outShifts[ys.at(-1) ?? 0], inShift: inShifts[xs.at(-1) ?? 0] };
      const same = bitsOf(from) === bitsOf(to) && [from, to].every((axes) => axes.slice(1).every(({ size, bits }) => size === 2 ** bits));
      if (same) return { ...place, matrix: identityMatrix({ size: sizeOf(from), bits: bitsOf(from) }) };
      return { ...place, matrix: selection(bitsOf(to), bitsOf(from), paddedIndices(to), paddedIndices(from)) };
    }),
  };
}

/** A linear map of the integer graph from a tensor with axes x to one with axes y, as a sum of Kronecker products. Only true cells are read and written. */
export function mapTerms(map: LinearMap, x: readonly Axis[], y: readonly Axis[]): MapTerm[] {
  switch (map.op) {
    case 'conv':
      return conv(map, x, y);
    case 'dense':
      return [dense(map, x, y)];
    case 'scale':
      return [scale(map, x)];
    case 'sumPool':
      return [
        perAxis(y, x, (a) =>
          a < 2
            ? identityMatrix(x[a])
            : window(y[a], x[a], map.strides[a - 2], map.padsBefore[a - 2], map.dilations[a - 2], 0, map.kernel[a - 2]),
        ),
      ];
    case 'reduce':
      return [
        perAxis(y, x, (a) =>
          map.axes.includes(a) ? selection(0, x[a].bits, new Uint32Array(x[a].size), progression(x[a].size)) : identityMatrix(x[a]),
        ),
      ];
    case 'reshape':
      return [reshape(x, y)];
    case 'transpose': {
      const [outShifts, inShifts] = [shiftsOf(y), shiftsOf(x)];
      return [{ factors: map.perm.map((a, d) => ({ outShift: outShifts[d], inShift: inShifts[a], matrix: identityMatrix(x[a]) })) }];
    }
    case 'slice':
      return [
        perAxis(y, x, (a) => selection(y[a].bits, x[a].bits, progression(y[a].size), progression(y[a].size, map.starts[a], map.steps[a]))),
      ];
    case 'place':
      return [perAxis(y, x, (a) => selection(y[a].bits, x[a].bits, progression(x[a].size, map.starts[a]), progression(x[a].size)))];
    case 'expand':
      return [perAxis(y, x, (a) => (x[a].size === y[a].size ? identityMatrix(x[a]) : ones(y[a])))];
  }
  invariant(false, 'mapTerms: unknown map');
}
