// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import type { IntNode, IntTensor, LinearMap, LinearNode, ProductNode, Range, Table, TensorId } from './intGraph.ts';
import { quotient, tensorSize } from './intGraph.ts';
import { stridesOf, walk } from './tensor.ts';

/** Bounds of each lane (index along one axis of the output), or of all positions alike when there is one lane. */
interface Lanes {
  readonly axis: number;
  readonly min: Float64Array;
  readonly max: Float64Array;
  /**
   * What the absolute values of all that is added up come to. Doubles add integers exactly below 2^53 alone, and ranges are sums in
   * doubles: where this passes that, the other two say nothing.
   */
  readonly reach: Float64Array;
}

const one = (min: number, max: number, reach = Math.max(Math.abs(min), Math.abs(max))): Lanes => ({
  axis: 0,
  min: Float64Array.of(min),
  max: Float64Array.of(max),
  reach: Float64Array.of(reach),
});
const most = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, b));
const hull = (lanes: Lanes): Range => ({
  min: lanes.min.reduce((a, b) => Math.min(a, b)),
  max: lanes.max.reduce((a, b) => Math.max(a, b)),
});

/** Σ of `count` numbers in range, or of any number up to it when some may be zeros outside. */
const times = (range: Range, count: number, partial: boolean): Range => ({
  min: Math.min(range.min * count, partial ? range.min : range.min * count, partial ? 0 : range.min * count),
  max: Math.max(range.max * count, partial ? range.max : range.max * count, partial ? 0 : range.max * count),
});

/** Rows of weights, each times numbers in `range` (and 0 where `zero`, for padding). */
function rows(weights: Int32Array, lanes: number, axis: number, range: Range, zero: boolean): Lanes {
  const low = zero ? Math.min(0, range.min) : range.min;
  const high = zero ? Math.max(0, range.max) : range.max;
  const min = new Float64Array(lanes);
  const max = new Float64Array(lanes);
  const reach = new Float64Array(lanes);
  const width = weights.length / lanes;
  const far = Math.max(-low, high, low, -high);
  for (let lane = 0; lane < lanes; lane++) {
    let [least, greatest, sum] = [0, 0, 0];
    for (let i = lane * width; i < (lane + 1) * width; i++) {
      const w = weights[i] as number;
      least += w > 0 ? w * low : w * high;
      greatest += w > 0 ? w * high : w * low;
      sum += Math.abs(w) * far;
    }
    min[lane] = least;
    max[lane] = greatest;
    reach[lane] = sum;
  }
  return { axis, min, max, reach };
}

function mapRange(map: LinearMap, x: IntTensor, y: readonly number[]): Lanes {
  const { min, max } = x.range;
  switch (map.op) {
    case 'conv':
      // Padding may be anywhere the output is longer than the input allows; zero is always a safe member.
      return rows(map.weights, map.weightShape[0] as number, 1, x.range, true);
    case 'dense':
      return rows(map.weights, map.weightShape[0], y.length - 1, x.range, false);
    case 'scale': {
      const [low, high] = [map.factors.reduce((a, b) => Math.min(a, b)), map.factors.reduce((a, b) => Math.max(a, b))];
      const corners = [low * min, low * max, high * min, high * max];
      return one(Math.min(...corners), Math.max(...corners));
    }
    case 'sumPool': {
      const range = times(x.range, tensorSize(map.kernel), true);
      return one(range.min, range.max);
    }
    case 'reduce': {
      const range = times(x.range, tensorSize(x.shape) / tensorSize(y), false);
      return one(range.min, range.max);
    }
    case 'place':
      return one(Math.min(0, min), Math.max(0, max));
    default:
      return one(min, max);
  }
}

/** Where a tensor comes from, for what interval arithmetic alone cannot see. */
export interface Origin {
  /** The node that makes a tensor; undefined for an input. */
  readonly producer: (id: TensorId) => IntNode | undefined;
  readonly table: (index: number) => Table | undefined;
}

/** The factor of a term that multiplies every position alike. */
const factorOf = (map: LinearMap): number | undefined => (map.op === 'scale' && map.factors.length === 1 ? map.factors[0] : undefined);

/**
 * Bounds of b + relu(a - b), which is max(a, b): interval arithmetic takes the two b's for different numbers, and a tournament of
 * n rounds would have bounds 3^n times too wide. The table must be relu on all that a - b can be, so that it never saturates.
 */
function maximumRange(node: LinearNode, tensors: readonly IntTensor[], { producer, table }: Origin): Range | undefined {
  const [base, excess] = node.terms;
  if (node.terms.length !== 2 || base === undefined || excess === undefined || node.bias.length > 0) return undefined;
  const relu = producer(excess.input);
  if (relu?.kind !== 'lookup' || factorOf(base.map) !== 1 || factorOf(excess.map) !== 1) return undefined;
  const difference = producer(relu.input);
  const own = table(relu.table);
  if (difference?.kind !== 'linear' || difference.terms.length !== 2 || difference.bias.length > 0 || own === undefined) return undefined;
  const [a, b] = difference.terms as readonly [LinearNode['terms'][number], LinearNode['terms'][number]];
  if (b.input !== base.input || factorOf(a.map) !== 1 || factorOf(b.map) !== -1) return undefined;
  const [d, left, right] = [tensors[relu.input]?.range, tensors[a.input]?.range, tensors[b.input]?.range];
  if (d === undefined || left === undefined || right === undefined) return undefined;
  const column = own.columns[relu.outputs.indexOf(excess.input)];
  const exact = own.shift === 0 && own.lo <= d.min && own.hi >= d.max && column?.every((value, i) => value === Math.max(0, own.lo + i));
  return exact ? { min: Math.max(left.min, right.min), max: Math.max(left.max, right.max) } : undefined;
}

/** Bounds of x placed among constants: a bias that is zero where x lies never adds to it. */
function paddedRange(node: LinearNode, tensors: readonly IntTensor[], shape: readonly number[]): Range | undefined {
  const [only] = node.terms;
  const x = only === undefined ? undefined : tensors[only.input];
  if (node.terms.length !== 1 || only?.map.op !== 'place' || x === undefined || node.bias.length !== tensorSize(shape)) return undefined;
  const strides = stridesOf(shape);
  const start = only.map.starts.reduce((sum, at, axis) => sum + at * (strides[axis] as number), 0);
  let clear = true;
  walk(x.shape, strides, start, (_, at) => {
    if (node.bias[at] !== 0) clear = false;
  });
  const { min, max } = x.range;
  return clear ? { min: node.bias.reduce((a, b) => Math.min(a, b), min), max: node.bias.reduce((a, b) => Math.max(a, b), max) } : undefined;
}

/**
 * Bounds of a linear node's output for inputs within theirs: those of a maximum where it is one; else interval arithmetic, row
 * by row of the weights where all its weighted terms share an axis, else over the whole tensor. Placed terms that do not
 * overlap are still summed (safe). Infinite where some sum may pass 2^53, however much of it cancels: nothing is known then.
 */
export function linearRange(node: LinearNode, tensors: readonly IntTensor[], shape: readonly number[], origin: Origin): Range {
  const known = maximumRange(node, tensors, origin) ?? paddedRange(node, tensors, shape);
  if (known !== undefined) return known;
  const parts = node.terms.map(({ input, map }) => {
    const x = tensors[input];
    invariant(x !== undefined, 'linearRange: unknown input');
    return mapRange(map, x, shape);
  });
  const axis = parts.find((part) => part.min.length > 1)?.axis ?? 0;
  const lanes = shape[axis] ?? 1;
  const min = new Float64Array(lanes);
  const max = new Float64Array(lanes);
  const reach = new Float64Array(lanes);
  const along = (part: Lanes): Lanes => {
    if (part.min.length === 1 || (part.axis === axis && part.min.length === lanes)) return part;
    const range = hull(part);
    return one(range.min, range.max, most(part.reach));
  };
  const biasLane =
    node.biasShape.length === shape.length && node.biasShape.every((length, at) => (at === axis ? length === lanes : length === 1));
  const bias: Lanes =
    node.bias.length === 0
      ? one(0, 0)
      : biasLane && lanes > 1
        ? { axis, min: Float64Array.from(node.bias), max: Float64Array.from(node.bias), reach: Float64Array.from(node.bias, Math.abs) }
        : one(
            node.bias.reduce((a, b) => Math.min(a, b)),
            node.bias.reduce((a, b) => Math.max(a, b)),
          );
  // Parts of one concatenation never overlap: their hull bounds the sum.
  const places = node.terms.length > 1 && node.terms.every(({ map }) => map.op === 'place') && disjoint(node, tensors, shape);
  const summed = places
    ? [
        one(
          Math.min(...parts.map((part) => hull(part).min)),
          Math.max(...parts.map((part) => hull(part).max)),
          Math.max(...parts.map((part) => most(part.reach))),
        ),
      ]
    : parts.map(along);
  for (const part of [...summed, along(bias)]) {
    for (let lane = 0; lane < lanes; lane++) {
      const at = part.min.length === 1 ? 0 : lane;
      min[lane] = (min[lane] as number) + (part.min[at] as number);
      max[lane] = (max[lane] as number) + (part.max[at] as number);
      reach[lane] = (reach[lane] as number) + (part.reach[at] as number);
    }
  }
  if (!(most(reach) <= Number.MAX_SAFE_INTEGER)) return { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
  return hull({ axis, min, max, reach });
}

/** Whether the boxes that `place` terms fill do not overlap. */
function disjoint(node: LinearNode, tensors: readonly IntTensor[], shape: readonly number[]): boolean {
  const boxes = node.terms.map(({ input, map }) => {
    const starts = map.op === 'place' ? map.starts : shape.map(() => 0);
    const lengths = tensors[input]?.shape ?? [];
    return starts.map((start, axis) => [start, start + (lengths[axis] ?? 0)] as const);
  });
  return boxes.every((a, i) =>
    boxes.slice(i + 1).every((b) => a.some(([from, to], axis) => to <= (b[axis]?.[0] ?? 0) || (b[axis]?.[1] ?? 0) <= from)),
  );
}

/** Bounds of a table column over inputs of `range` (the clamped function is defined past the domain, so this is safe). */
export function columnRange(table: Pick<Table, 'shift' | 'lo' | 'hi' | 'columns'>, column: number, range: Range): Range {
  const values = table.columns[column];
  invariant(values !== undefined, 'columnRange: unknown column');
  const used = values.subarray(quotient(table, range.min) - table.lo, quotient(table, range.max) - table.lo + 1);
  return { min: used.reduce((a, b) => Math.min(a, b)), max: used.reduce((a, b) => Math.max(a, b)) };
}

export function productRange(node: ProductNode, tensors: readonly IntTensor[]): Range {
  const a = tensors[node.a]?.range;
  const b = tensors[node.b]?.range;
  invariant(a !== undefined && b !== undefined, 'productRange: unknown operand');
  const corners = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max];
  return { min: node.a === node.b && a.min <= 0 && a.max >= 0 ? 0 : Math.min(...corners), max: Math.max(...corners) };
}
