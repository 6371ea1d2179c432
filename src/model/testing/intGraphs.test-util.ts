// SPDX-License-Identifier: Apache-2.0
//
// Test helper: random integer networks over every map, as a stranger might write them: coefficients up to the ends of 32 bits, windows up to the
// furthest that is accepted, tables of any domain. What they mean is written out once more here, straight from the definition in intGraph.ts.
import { decodeIntGraph, encodeIntGraph } from '../intCodec.ts';
import { type IntGraph, type IntTensor, type LinearMap, type LinearTerm, type Range, type Table, tensorSize } from '../intGraph.ts';
import { IntNetworkWriter } from './intNetwork.test-util.ts';

const FURTHEST = 2 ** 26 - 1;
const SMALL = 400;
const SHAPES: readonly (readonly number[])[] = [
  [1],
  [3],
  [2, 3],
  [1, 1, 1],
  [1, 2, 5],
  [1, 2, 3, 5],
  [1, 16, 4, 4],
  [2, 4, 3, 3],
  [1, 3, 7],
];

/** Draws of one network. */
class Draw {
  constructor(readonly next: () => number) {}
  int(min: number, max: number): number {
    return min + (this.next() % (max - min + 1));
  }
  pick<T>(list: readonly T[]): T {
    return list[this.next() % list.length] as T;
  }
  ints(count: number, value: () => number): Int32Array {
    return Int32Array.from({ length: count }, value);
  }
}

/** A coefficient: small as a rule, and now and then one of those that break a word. */
const coefficient = (d: Draw, wild: boolean) => (): number =>
  wild
    ? d.pick([0, 1, -1, d.int(-50, 50), 2 ** 29 - 1, -(2 ** 29), 2 ** 30 - 2 ** 23, 2 ** 30, 2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 2 ** 24])
    : d.int(-4, 4);

/** Strides, dilations and padding of windows: near, or as far as is accepted. */
function windows(d: Draw, lengths: readonly number[]) {
  const kernel = lengths.map(() => d.int(1, 4));
  const outputs = lengths.map((length) => d.int(1, length + 3));
  const far = d.next() % 4 === 0;
  const most = (axis: number): number => Math.max(1, Math.floor(FURTHEST / 2 / Math.max(1, (outputs[axis] ?? 1) - 1)));
  return {
    kernel,
    outputs,
    strides: kernel.map((_, axis) => (far ? d.pick([1, 2, most(axis)]) : d.int(1, 3))),
    dilations: kernel.map((size) => (far ? d.pick([1, 3, Math.floor(FURTHEST / 2 / Math.max(1, size - 1))]) : d.int(1, 3))),
    padsBefore: kernel.map(() => (far ? d.pick([0, 1, FURTHEST]) : d.int(0, 5))),
  };
}

function drawMap(d: Draw, x: readonly number[], value: () => number): readonly [LinearMap, readonly number[]] {
  for (;;) {
    const op = d.pick(['scale', 'reshape', 'expand', 'slice', 'place', 'transpose', 'reduce', 'dense', 'conv', 'conv', 'sumPool'] as const);
    const last = x[x.length - 1] as number;
    switch (op) {
      case 'scale': {
        const factorShape = x.map((length) => d.pick([1, length]));
        return [{ op, factors: d.ints(tensorSize(factorShape), value), factorShape }, x];
      }
      case 'reshape': {
        const size = tensorSize(x);
        const halves =
          size % 2 === 0
            ? [
                [2, size / 2],
                [size / 2, 2],
                [1, 2, size / 2],
              ]
            : [];
        return [{ op }, d.pick<readonly number[]>([[size], [1, size], [size, 1], [...x, 1], ...halves]).slice(0, 4)];
      }
      case 'expand':
        return [{ op }, x.map((length) => (length === 1 ? d.pick([1, 2, 3]) : length))];
      case 'slice': {
        const steps = x.map(() => d.pick([1, -1, 2, 0, -2]));
        const starts = x.map((length) => d.int(0, length - 1));
        const y = x.map((length, a) => {
          let count = 1;
          const at = (i: number): number => (starts[a] as number) + i * (steps[a] as number);
          while (count < 4 && at(count) >= 0 && at(count) < length) count++;
          return count;
        });
        return [{ op, starts, steps }, y];
      }
      case 'place': {
        const starts = x.map(() => d.int(0, 2));
        return [{ op, starts }, x.map((length, a) => length + (starts[a] as number) + d.int(0, 2))];
      }
      case 'transpose': {
        const perm = x.map((_, a) => a).reverse();
        return [{ op, perm }, perm.map((a) => x[a] as number)];
      }
      case 'reduce': {
        const axes = x.map((_, a) => a).filter(() => d.next() % 2 === 0);
        return [{ op, axes }, x.map((length, a) => (axes.includes(a) ? 1 : length))];
      }
      case 'dense': {
        const outputs = d.int(1, 5);
        return [{ op, weights: d.ints(outputs * last, value), weightShape: [outputs, last] }, [...x.slice(0, -1), outputs]];
      }
      default: {
        if (x.length !== 3 && x.length !== 4) continue;
        const [batch, channels] = x as [number, number];
        const { kernel, outputs, ...rest } = windows(d, x.slice(2));
        if (op === 'sumPool') return [{ op, kernel, ...rest }, [batch, channels, ...outputs]];
        const group = d.pick([1, channels]);
        const filters = group * d.int(1, 2);
        const weightShape = [filters, channels / group, ...kernel];
        return [{ op, weights: d.ints(tensorSize(weightShape), value), weightShape, group, ...rest }, [batch, filters, ...outputs]];
      }
    }
  }
}

function drawTable(d: Draw, range: Range, value: () => number): Table {
  const shift = d.pick([0, 1, 3, 8, 20, 24]);
  const [lo, hi] = [-d.int(0, 6), d.int(0, 6)];
  const own = { min: Math.min(0, range.min), max: Math.max(0, range.max) };
  const domain = d.pick([own, own, { min: -(2 ** 14), max: 2 ** 14 - 1 }, { min: -(2 ** 28), max: 2 ** 28 - 1 }, { min: -37, max: 1001 }]);
  return {
    name: '',
    shift,
    lo,
    hi,
    domain,
    core: { min: Math.max(-(2 ** 29), (lo - 1) * 2 ** shift), max: Math.min(2 ** 29, (hi + 1) * 2 ** shift) },
    total: d.next() % 2 === 0 && range.min >= domain.min && range.max <= domain.max,
    columns: Array.from({ length: d.int(1, 2) }, () => d.ints(hi - lo + 1, value)),
  };
}

/** A random network that the decoder accepts; undefined where it refuses what was drawn. */
export function drawIntGraph(next: () => number): IntGraph | undefined {
  const d = new Draw(next);
  const w = new IntNetworkWriter();
  const value = coefficient(d, next() % 4 === 0);
  const ids = Array.from({ length: d.pick([1, 1, 1, 2]) }, () =>
    w.input(
      d.pick(SHAPES),
      d.pick([
        { min: 0, max: 1 },
        { min: -1, max: 2 },
        { min: -3, max: 0 },
        { min: -128, max: 127 },
        { min: 0, max: 255 },
      ]),
    ),
  );
  const of = (id: number): IntTensor => w.tensors[id] as IntTensor;
  for (let node = d.int(1, 6); node > 0; node--) {
    const x = d.pick(ids);
    const kind = d.pick(['linear', 'linear', 'linear', 'lookup', 'product'] as const);
    if (kind === 'linear') {
      const [map, y] = drawMap(d, of(x).shape, value);
      if (tensorSize(y) > SMALL) continue;
      const alike = ids.filter((id) => of(id).shape.join() === y.join());
      const more =
        alike.length === 0
          ? []
          : Array.from({ length: d.pick([0, 0, 1, 2]) }, (): LinearTerm => ({ input: d.pick(alike), map: { op: 'reshape' } }));
      const biasShape = d.pick([[], y.map((length) => d.pick([1, length]))]);
      ids.push(w.linear(y, [{ input: x, map }, ...more], d.ints(biasShape.length === 0 ? 0 : tensorSize(biasShape), value), biasShape));
    } else if (kind === 'product') {
      const y = d.pick(ids);
      if (of(x).shape.join() === of(y).shape.join()) ids.push(w.product(x, y));
    } else ids.push(...w.lookup(x, drawTable(d, of(x).range, value)));
    // A range that is out of bounds makes the whole no network: stop before it.
    if (ids.some((id) => Math.max(-of(id).range.min, of(id).range.max) >= 2 ** 29)) return undefined;
  }
  const read = decodeIntGraph(encodeIntGraph(w.finish(ids[ids.length - 1] as number)));
  return read.ok ? read.value : undefined;
}

/** Every coefficient of a map, by its definition: y[to] += value * x[from]. */
export function eachCoefficient(
  map: LinearMap,
  xShape: readonly number[],
  yShape: readonly number[],
  visit: (to: number, from: number, value: number) => void,
): void {
  const flat = (shape: readonly number[], index: readonly number[]): number => index.reduce((at, i, a) => at * (shape[a] as number) + i, 0);
  const places = (shape: readonly number[]): number[][] =>
    shape.reduce<number[][]>((all, length) => all.flatMap((p) => Array.from({ length }, (_, i) => [...p, i])), [[]]);
  const [xs, ys] = [places(xShape), places(yShape)];
  const read = (y: readonly number[], x: readonly number[], value: number): void => {
    if (x.every((i, a) => i >= 0 && i < (xShape[a] as number))) visit(flat(yShape, y), flat(xShape, x), value);
  };
  const copy = (from: (y: readonly number[]) => readonly number[]): void => {
    for (const y of ys) read(y, from(y), 1);
  };
  switch (map.op) {
    case 'conv':
    case 'sumPool': {
      const kernel = map.op === 'conv' ? map.weightShape.slice(2) : map.kernel;
      const perGroup = map.op === 'conv' ? (map.weightShape[1] as number) : 1;
      const perFilters = map.op === 'conv' ? (yShape[1] as number) / map.group : 1;
      for (const y of ys)
        for (let c = 0; c < perGroup; c++)
          for (const k of places(kernel)) {
            const [batch, filter, ...at] = y as [number, number, ...number[]];
            const inside = at.map(
              (p, s) => p * (map.strides[s] as number) + (k[s] as number) * (map.dilations[s] as number) - (map.padsBefore[s] as number),
            );
            const value = map.op === 'conv' ? (map.weights[flat(map.weightShape, [filter, c, ...k])] as number) : 1;
            read(y, [batch, Math.floor(filter / perFilters) * perGroup + c, ...inside], value);
          }
      return;
    }
    case 'dense':
      for (const y of ys)
        for (let i = 0; i < map.weightShape[1]; i++)
          read(y, [...y.slice(0, -1), i], map.weights[(y[y.length - 1] as number) * map.weightShape[1] + i] as number);
      return;
    case 'scale':
      for (const x of xs)
        read(
          x,
          x,
          map.factors[
            flat(
              map.factorShape,
              x.map((i, a) => (map.factorShape[a] === 1 ? 0 : i)),
            )
          ] as number,
        );
      return;
    case 'reduce':
      for (const x of xs)
        read(
          x.map((i, a) => (map.axes.includes(a) ? 0 : i)),
          x,
          1,
        );
      return;
    case 'reshape':
      for (let i = 0; i < xs.length; i++) visit(i, i, 1);
      return;
    case 'transpose':
      copy((y) => xShape.map((_, a) => y[map.perm.indexOf(a)] as number));
      return;
    case 'slice':
      copy((y) => y.map((i, a) => (map.starts[a] as number) + i * (map.steps[a] as number)));
      return;
    case 'place':
      for (const x of xs)
        read(
          x.map((i, a) => i + (map.starts[a] as number)),
          x,
          1,
        );
      return;
    case 'expand':
      copy((y) => y.map((i, a) => (xShape[a] === 1 ? 0 : i)));
      return;
  }
}
