// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Result } from '../../base/index.ts';
import { GraphBuilder } from '../builder.ts';
import { runGraph } from '../evaluate/float.ts';
import { evaluateIntegers, runIntegers } from '../evaluate/integer.ts';
import type { Graph } from '../graph.ts';
import { Refusal } from '../refuse.ts';
import type { Tensor } from '../tensor.ts';
import { filled, noise, randomInput, randomNetwork } from '../testing/random.test-util.ts';
import { quantize } from './index.ts';
import { decodeOutput, encodeInput } from './input.ts';
import { IntBuilder } from './intBuilder.ts';
import type { Context } from './lower/context.ts';
import { accumulate } from './lower/scales.ts';

const code = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code);

function build(shape: readonly number[], make: (builder: GraphBuilder) => string): Graph {
  const builder = new GraphBuilder();
  builder.input('x', { dtype: 'float32', shape });
  return builder.finish([make(builder)]);
}

describe('quantisation refuses', () => {
  const graph = randomNetwork(3, 4);

  it('no samples, samples of a wrong shape, and samples that are not finite', () => {
    expect(code(quantize(graph, []))).toBe('model/calibration');
    expect(code(quantize(graph, [new Map([['x', filled([1, 1], noise(1))]])]))).toBe('model/input');
    const sample = randomInput(graph, 1).get('x');
    const spoiled = new Map([
      ['x', { dtype: 'float32' as const, shape: sample?.shape ?? [], data: (sample?.data ?? new Float64Array()).map(() => Number.NaN) }],
    ]);
    expect(code(quantize(graph, [spoiled]))).toBe('model/calibration');
  });

  it('settings outside their range and a target out of reach', () => {
    expect(code(quantize(graph, [randomInput(graph, 1)], { bits: 13 }))).toBe('model/calibration');
    expect(code(quantize(graph, [randomInput(graph, 1)], { bits: 8, shift: 40 }))).toBe('model/calibration');
    expect(code(quantize(graph, [randomInput(graph, 1)], { target: 0 }))).toBe('model/accuracy');
  });

  it('what has no integer form, naming the node', () => {
    const cube = build([1, 1, 3, 3, 3], (b) => b.add('Conv', 'cube', ['x', b.define('w', filled([1, 1, 2, 2, 2], noise(2)))], {}));
    const result = quantize(cube, [randomInput(cube, 1)]);
    expect(result).toMatchObject({ ok: false, error: { code: 'model/not-quantizable', params: { node: 'cube' } } });
  });
});

describe('joined products', () => {
  // At 12 bits 0.031 where they are joined before they are rounded; at 10 and 11 none at all where their sum leaves its table no room.
  it.each([
    [9, 0.03],
    [10, 0.02],
    [11, 0.02],
    [12, 0.01],
  ])('of %i bits keep them, although no two gates have one scale', (bits, most) => {
    const graph = build([1, 8, 4, 8], (b) => {
      let fresh = 0;
      const add = (op: string, inputs: readonly string[], attrs: Parameters<GraphBuilder['add']>[3] = {}): string =>
        b.add(op, `${op}${fresh++}`, inputs, attrs);
      const define = (tensor: Tensor): string => b.define(`w${fresh++}`, tensor);
      const mixed = add('Conv', ['x', define(filled([8, 8, 1, 1], noise(11), 0.6))]);
      const gated = [0, 1].map((half) => {
        const part = add('Slice', [mixed], {
          starts: [0, 0, 0, 4 * half],
          ends: [1, 8, 4, 4 * half + 4],
          axes: [0, 1, 2, 3],
          steps: [1, 1, 1, 1],
        });
        const mean = add('GlobalAveragePool', [part]);
        const gate = add('Conv', [
          mean,
          define(filled([8, 8, 1, 1], noise(20 + half), half === 0 ? 9 : 0.1)),
          define(filled([8], noise(30 + half))),
        ]);
        return add('Mul', [part, gate]);
      });
      const joined = add('Concat', gated, { axis: 3 });
      const normal = add('Mul', [joined, define(filled([8, 1, 1], noise(41), 4))]);
      return add('Conv', [normal, define(filled([4, 8, 1, 1], noise(51), 0.5))]);
    });
    const samples = Array.from({ length: 12 }, (_, i) => randomInput(graph, 60 + i));
    const made = quantize(graph, samples, { bits, target: 1 });
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    expect(made.value.report.outputs[0]?.relativeError).toBeLessThan(most);
  });
});

describe('a sum', () => {
  const sum = (most: number, shift: number): (() => unknown) => {
    const builder = new IntBuilder();
    const tensor = builder.input('x', [1, 4], 1, { min: -most, max: most });
    const factors = { shape: [1, 1], data: Float64Array.of(1) };
    const cx = {
      builder,
      calibration: { extremes: new Map() },
      precision: { bits: 8, shift },
      settled: new WeakMap(),
      tableErrors: new Map(),
    };
    const x = { shape: [1, 4], terms: [{ tensor, map: { kind: 'scale', factors } as const }], bias: undefined, name: '' };
    return () => accumulate(cx as unknown as Context, 'sum', x, { shape: [1, 1], data: Float64Array.of(2 ** 20) }, shift);
  };

  it('of which nothing is left by rounding is refused, unless all of it is less than a level', () => {
    expect(sum(2 ** 22, 20)).not.toThrow();
    expect(sum(2 ** 22, 5)).toThrow(Refusal);
    expect(sum(2 ** 10, 5)).not.toThrow();
  });
});

describe('a norm', () => {
  const graph = build([1, 64], (b) => {
    const weights = filled([64, 64], noise(4), 0.2);
    const rows = weights.data.map((w, i) => w * (Math.floor(i / 64) % 4 === 0 ? 3 : 1));
    const mixed = b.add('Gemm', 'mix', ['x', b.define('w', { ...weights, data: rows })], { transB: 1 });
    return b.add('LpNormalization', 'norm', [mixed], { axis: 1, p: 2 });
  });
  const samples = Array.from({ length: 24 }, (_, i) => {
    const { data, ...rest } = filled([1, 64], noise(100 + i));
    return new Map([['x', { ...rest, data: data.map((value) => value * (i === 0 ? 20 : 1)) }]]);
  });

  it('keeps the multiplier that its squares need, however many bits they have', () => {
    const made = quantize(graph, samples, { bits: 12, target: 1 });
    // 0.14 where the shift of its sum gives way as that of a weighted one does.
    expect(made.ok && made.value.report.outputs[0]?.relativeError).toBeLessThan(0.08);
  });

  it('holds over inputs whose lengths differ twentyfold, in channels of different scales', () => {
    const made = quantize(graph, samples, { bits: 10, target: 1 });
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    const { network } = made.value;
    const [input, output] = [network.tensors[network.inputs[0] as number], network.tensors[network.outputs[0] as number]];
    for (const sample of samples) {
      const [integers] = runIntegers(network, [encodeInput(sample.get('x') as Tensor, input?.scale ?? 1)]);
      const found = decodeOutput(integers as Int32Array, output?.shape ?? [], output?.scale ?? 1);
      const exact = runGraph(graph, sample)[0]?.data ?? [];
      const length = Math.hypot(...found);
      expect(length).toBeGreaterThan(0.95);
      expect(length).toBeLessThan(1.05);
      expect(found.reduce((sum, value, i) => sum + value * (exact[i] as number), 0) / length).toBeGreaterThan(0.98);
    }
  });
});

describe('an integer network', () => {
  it('folds batch norms, residuals and PReLU slopes: a block of them is two linear maps and two lookups', () => {
    const graph = build([1, 4, 6, 6], (b) => {
      const next = noise(9);
      const conv = b.add('Conv', 'conv', ['x', b.define('w', filled([4, 4, 3, 3], next, 0.3))], { pads: [1, 1, 1, 1] });
      const stats = ['g', 'o', 'm', 'v'].map((name) =>
        b.define(name, { dtype: 'float32', shape: [4], data: Float64Array.of(1, 1.5, 0.5, 1) }),
      );
      const norm = b.add('BatchNormalization', 'norm', [conv, ...stats], {});
      const active = b.add('PRelu', 'prelu', [norm, b.define('s', filled([4, 1, 1], next, 0.4))], {});
      const second = b.add('Conv', 'second', [active, b.define('w2', filled([4, 4, 1, 1], next, 0.4))], {});
      return b.add('Relu', 'relu', [b.add('Add', 'add', [second, 'x'], {})], {});
    });
    const made = quantize(
      graph,
      [1, 2, 3].map((seed) => randomInput(graph, seed)),
      { bits: 8 },
    ); // prettier-ignore
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    const kinds = made.value.network.nodes.map((node) => node.kind);
    // One more map makes the output's scale the same for all channels.
    expect(kinds).toEqual(['linear', 'lookup', 'linear', 'lookup', 'linear']);
    expect(made.value.network.tables.every((table) => table.shift === made.value.report.shift)).toBe(true);
    expect(made.value.report.outputs[0]?.relativeError).toBeLessThan(0.03);
  });

  it('has the arg max of the float network, ties going to the first index', () => {
    const graph = build([1, 6], (b) => b.add('ArgMax', 'best', ['x'], { axis: 1, keepdims: 0 }));
    const sample = (values: number[]) => new Map([['x', { dtype: 'float32' as const, shape: [1, 6], data: Float64Array.from(values) }]]);
    const made = quantize(graph, [sample([-1, 0, 1, 0.5, 0.25, -0.5])], {
      bits: 8,
      target: 10,
      inputs: new Map([['x', { scale: 1 / 64, range: { min: -127, max: 127 } }]]),
    });
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    for (const [values, index] of [
      [[0, 1, 1, 0, 0, 1], 1],
      [[-1, -1, -1, -1, -1, -0.5], 5],
      [[0.5, 0.25, 0, 0, 0, 0], 0],
    ] as const) {
      const x = sample([...values]).get('x');
      const result = evaluateIntegers(made.value.network, [encodeInput(x ?? filled([1, 6], noise(1)), 1 / 64)]);
      expect(result.ok && result.value[0]?.[0]).toBe(index);
    } // prettier-ignore
  });

  it('clamps at the bound itself, never past it, whatever scale the weights ask for', () => {
    for (const [min, max] of [
      [-1, 1],
      [0, 6],
      [-0.5, 2],
      [1, 3],
    ] as const)
      for (const bits of [4, 8, 12]) {
        const graph = build([1, 4, 3, 3], (b) => b.add('Clip', 'clip', ['x'], { min, max }));
        const samples = [1, 2, 3].map((seed) => new Map([['x', filled([1, 4, 3, 3], noise(seed), 9)]]));
        const made = quantize(graph, samples, { bits, target: 10 });
        if (!made.ok) throw new Error(JSON.stringify(made.error));
        const { network } = made.value;
        const [input, output] = [network.tensors[network.inputs[0] as number], network.tensors[network.outputs[0] as number]];
        if (input === undefined || output === undefined) throw new Error('it has an input and an output');
        const step = (max - min) / 2 ** (bits - 1);
        const all = Int32Array.from({ length: 36 }, (_, i) => Math.round(input.range.min + (i / 35) * (input.range.max - input.range.min)));
        decodeOutput(runIntegers(network, [all], { unbounded: true })[0] as Int32Array, output.shape, output.scale).forEach((value, i) => {
          const exact = Math.min(max, Math.max(min, (all[i] as number) * (input.scale as number)));
          expect(Math.abs(value - exact)).toBeLessThanOrEqual(Math.max(1.05 * step, input.scale as number));
        });
      }
  });

  it('leaves room for inputs to come that reach further than the samples did', () => {
    const graph = build([1, 4, 6, 6], (b) => {
      const conv = b.add('Conv', 'conv', ['x', b.define('w', filled([4, 4, 3, 3], noise(9), 0.3))], { pads: [1, 1, 1, 1] });
      return b.add('Relu', 'relu', [conv], {});
    });
    const sample = (seed: number, gain: number) => new Map([['x', filled([1, 4, 6, 6], noise(seed), gain)]]);
    const samples = Array.from({ length: 12 }, (_, i) => sample(i + 1, 0.5 + (i % 6) / 10));
    const later = sample(99, 1.7);
    const error = (foresee: boolean): number => {
      const inputs = new Map([['x', { scale: 1 / 512, range: { min: -1023, max: 1023 } }]]);
      const made = quantize(graph, samples, { bits: 10, foresee, inputs, saturate: true });
      if (!made.ok) throw new Error(JSON.stringify(made.error));
      const { network } = made.value;
      const scale = network.tensors[network.outputs[0] as number]?.scale ?? 1;
      const ours = decodeOutput(
        runIntegers(network, [encodeInput(later.get('x') as Tensor, 1 / 512)])[0] as Int32Array,
        [1, 4, 6, 6],
        scale,
      );
      const theirs = runGraph(graph, later)[0]?.data ?? new Float64Array();
      return Math.sqrt(
        theirs.reduce((sum, value, i) => sum + (value - (ours[i] as number)) ** 2, 0) / theirs.reduce((sum, v) => sum + v * v, 0),
      );
    };
    expect(error(false)).toBeGreaterThan(0.03);
    expect(error(true)).toBeLessThan(0.01);
  });

  it('has tables as wide as costs next to nothing, and reaches no less far than it is asked to', () => {
    const graph = build([1, 8, 96, 96], (b) => {
      const conv = b.add('Conv', 'conv', ['x', b.define('w', filled([8, 8, 3, 3], noise(9), 0.1))], { pads: [1, 1, 1, 1] });
      return b.add('Relu', 'relu', [conv], {});
    });
    const inputs = new Map([['x', { scale: 1 / 128, range: { min: -4095, max: 4095 } }]]);
    const made = [false, true].map((foresee) => quantize(graph, [randomInput(graph, 3)], { bits: 8, foresee, inputs, saturate: true }));
    const [narrow, wide] = made.map((one) => {
      if (!one.ok) throw new Error(JSON.stringify(one.error));
      return { reach: one.value.network.tables[0]?.domain.max ?? 0, products: one.value.report.cost.products };
    });
    expect(wide?.reach).toBeGreaterThanOrEqual(2 * (narrow?.reach ?? 0));
    expect(wide?.products).toBeLessThan(1.02 * (narrow?.products ?? 0));
  });

  it('is held to a loose target where nothing reaches the close one, but to the one that is told', () => {
    const graph = build([1, 40], (b) => b.add('Gemm', 'dense', ['x', b.define('w', filled([40, 5], noise(9), 0.3))], {}));
    const samples = [1, 2, 3].map((seed) => randomInput(graph, seed));
    const inputs = new Map([['x', { scale: 1 / 12, range: { min: -15, max: 15 } }]]);
    const made = quantize(graph, samples, { inputs });
    expect([0.03, 0.08].map((limit) => made.ok && (made.value.report.outputs[0]?.relativeError ?? 1) < limit)).toEqual([false, true]);
    expect(code(quantize(graph, samples, { inputs, target: 0.03 }))).toBe('model/accuracy');
  });

  it('has the scales of the samples where these share their bounds, and where they are too few to tell', () => {
    const graph = build([1, 2, 3, 3], (b) => b.add('Relu', 'relu', ['x'], {}));
    const samples = (count: number, gain: (i: number) => number) =>
      Array.from({ length: count }, (_, i) => new Map([['x', filled([1, 2, 3, 3], noise(5), gain(i))]]));
    for (const given of [samples(12, () => 1), samples(7, (i) => 1 + i / 7)]) {
      const [plain, far] = [false, true].map((foresee) => quantize(graph, given, { bits: 8, foresee }));
      expect(plain?.ok).toBe(true);
      expect(far).toEqual(plain);
    }
  });

  it('has the sign and the divisor of what it hands out: a mean and a negation are not off by a factor', () => {
    for (const op of ['Neg', 'GlobalAveragePool', 'ReduceMean']) {
      const graph = build([1, 3, 4, 4], (b) => b.add(op, 'last', ['x'], {}));
      const made = quantize(graph, [randomInput(graph, 4)], { bits: 10, target: 0.02 });
      expect([op, code(made)]).toEqual([op, 'ok']);
    }
  });

  it('knows the bounds of a maximum, so that many rounds of them stay narrow', () => {
    const graph = build([1, 2, 9, 9], (b) => b.add('MaxPool', 'pool', ['x'], { kernel_shape: [7, 7], pads: [3, 3, 3, 3] }));
    const made = quantize(graph, [randomInput(graph, 2)], { bits: 8 });
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    const { network } = made.value;
    const [input, output] = [network.tensors[network.inputs[0] as number], network.tensors[network.outputs[0] as number]];
    expect(output?.range).toEqual(input?.range);
    expect(Math.max(...network.tables.map((table) => table.hi - table.lo + 1))).toBeLessThanOrEqual(1024);
  });
});
