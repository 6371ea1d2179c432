// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { brokenRelation, modelProgram } from '../../program/index.ts';
import { GraphBuilder } from '../builder.ts';
import type { Graph } from '../graph.ts';
import { evaluateIntegers, runGraph } from '../index.ts';
import type { Tensor } from '../tensor.ts';
import { filled, noise } from '../testing/random.test-util.ts';
import { type Quantized, type QuantizeOptions, quantize } from './index.ts';
import { decodeOutput, encodeInput } from './input.ts';

// A proven answer is the model's within the error that the report states, or there is none. Inputs are normal, so that some go further than any sample.

type Add = (op: string, inputs: readonly string[], attrs?: Parameters<GraphBuilder['add']>[3]) => string;
type Weights = (shape: readonly number[], factor: number) => string;

function build(shape: readonly number[], make: (add: Add, weights: Weights) => string): Graph {
  const b = new GraphBuilder();
  const next = noise(17);
  let fresh = 0;
  b.input('x', { dtype: 'float32', shape });
  const add: Add = (op, inputs, attrs = {}) => b.add(op, `${op}${fresh++}`, inputs, attrs);
  return b.finish([make(add, (own, factor) => b.define(`w${fresh++}`, filled(own, next, factor)))]);
}
const column = (add: Add, at: number): string => add('Slice', ['x'], { starts: [0, at], ends: [1, at + 1], axes: [0, 1], steps: [1, 1] });

/** Sums of twelve uniform numbers less six: nearly normal. */
function normal(shape: readonly number[], seed: number, shift: (i: number) => number): ReadonlyMap<string, Tensor> {
  const next = noise(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  const draw = (): number => Array.from({ length: 12 }, () => (next() + 1) / 2).reduce((a, b) => a + b, -6);
  return new Map([['x', { dtype: 'float32', shape, data: Float64Array.from({ length: size }, (_, i) => Math.fround(draw() + shift(i))) }]]);
}

const models: Readonly<
  Record<
    string,
    { readonly shape: readonly number[]; readonly shift?: (i: number) => number; readonly make: (add: Add, weights: Weights) => string }
  >
> = {
  'all interactions of six features': {
    shape: [1, 6],
    make: (add, weights) => {
      const row = add('Reshape', ['x'], { shape: [1, 6, 1] });
      const products = add('MatMul', [row, add('Reshape', ['x'], { shape: [1, 1, 6] })]);
      return add('Gemm', [add('Reshape', [products], { shape: [1, 36] }), weights([36, 2], 0.3)]);
    },
  },
  'a product of two features': { shape: [1, 2], make: (add) => add('Mul', [column(add, 0), column(add, 1)]) },
  'a cube': { shape: [1, 3], make: (add) => add('Mul', ['x', add('Mul', ['x', 'x'])]) },
  'a quotient': { shape: [1, 2], shift: (i) => (i === 1 ? 5 : 2), make: (add) => add('Div', [column(add, 0), column(add, 1)]) },
  'a quotient whose divisor comes near zero': {
    shape: [1, 2],
    shift: (i) => (i === 1 ? 2.5 : 0),
    make: (add) => add('Div', [column(add, 0), column(add, 1)]),
  },
  'a square root': { shape: [1, 3], shift: () => 4, make: (add) => add('Sqrt', ['x']) },
  'a norm': {
    shape: [1, 8],
    make: (add, weights) => add('LpNormalization', [add('Gemm', ['x', weights([8, 8], 0.6)])], { axis: 1, p: 2 }),
  },
  'two layers': {
    shape: [1, 8],
    make: (add, weights) => add('Gemm', [add('Relu', [add('Gemm', ['x', weights([8, 16], 0.5)])]), weights([16, 3], 0.5)]),
  },
  'a softmax': { shape: [1, 5], make: (add, weights) => add('Softmax', [add('Gemm', ['x', weights([5, 5], 0.8)])], { axis: 1 }) },
};

interface Tally {
  readonly answered: number;
  readonly refused: number;
  /** The largest difference from the float model, in units of what the report lets one expect. */
  readonly worst: number;
}

function compiled(name: string, options: QuantizeOptions = {}): { readonly graph: Graph; readonly made: Quantized } {
  const { shape, shift = () => 0, make } = models[name] as (typeof models)[string];
  const graph = build(shape, make);
  const samples = Array.from({ length: 48 }, (_, i) => normal(shape, 100 + i, shift));
  const made = quantize(graph, samples, options);
  if (!made.ok) throw new Error(`${name}: ${JSON.stringify(made.error)}`);
  return { graph, made: made.value };
}

function tried(name: string, draws: number, options: QuantizeOptions = {}): Tally {
  const { graph, made } = compiled(name, options);
  const { shape, shift = () => 0 } = models[name] as (typeof models)[string];
  const { network, report } = made;
  const input = network.tensors[network.inputs[0] as number];
  const output = network.tensors[network.outputs[0] as number];
  if (input === undefined || output === undefined) throw new Error('a network has tensors');
  let [answered, refused, square, count] = [0, 0, 0, 0];
  const differences: number[] = [];
  for (let i = 0; i < draws; i++) {
    const sample = normal(shape, 10_000 + i, shift);
    const expected = runGraph(graph, sample)[0]?.data ?? new Float64Array();
    const run = evaluateIntegers(network, [encodeInput(sample.get('x') as Tensor, input.scale)]);
    if (!run.ok) {
      refused++;
      continue;
    }
    answered++;
    const real = decodeOutput(run.value[0] as Int32Array, output.shape, output.scale);
    differences.push(Math.max(...Array.from(expected, (value, at) => Math.abs(value - (real[at] as number)))));
    for (const value of expected) [square, count] = [square + value * value, count + 1];
  }
  const size = Math.sqrt(square / count);
  return { answered, refused, worst: Math.max(...differences) / (size * (report.outputs[0]?.relativeError ?? 0) + 1e-9) };
}

/** The report states a root mean square; single inputs differ by more, and far less than what a cut value does. */
const MOST = 12;

describe.each(Object.keys(models))('%s', (name) => {
  it('is answered as the model does, or not at all', () => {
    const { answered, refused, worst } = tried(name, 500);
    expect(answered).toBeGreaterThan(350);
    expect(answered + refused).toBe(500);
    expect(worst).toBeLessThan(MOST);
  });
});

it('where values are cut instead, answers are wrong: what this suite is for', () => {
  const cut = Object.keys(models).map((name) => tried(name, 500, { saturate: true }).worst);
  expect(Math.max(...cut)).toBeGreaterThan(3 * MOST);
});

describe('what would be cut', () => {
  it('has no row in the table of a network that is not total, so nobody can prove it', () => {
    for (const name of ['all interactions of six features', 'a quotient whose divisor comes near zero']) {
      const { made } = compiled(name);
      const { network } = made;
      const program = modelProgram(network);
      const far = network.tensors[network.inputs[0] as number]?.range ?? { min: 0, max: 0 };
      const shape = network.tensors[network.inputs[0] as number]?.shape ?? [];
      const size = shape.reduce((a, b) => a * b, 1);
      // The input itself is in range: what it leads to is not.
      const input = Int32Array.from({ length: size }, (_, i) => (name.startsWith('a quotient') && i === 1 ? 0 : far.max));
      expect(evaluateIntegers(network, [input])).toMatchObject({ ok: false, error: { code: 'model/out-of-range' } });
      // A prover that cuts it and says so breaks a relation.
      const unbounded = { ...network, tables: network.tables.map((table) => ({ ...table, domain: { min: -(2 ** 29), max: 2 ** 29 } })) };
      const lied = program.witness([input], [1, 2, 3, 4, 5, 6, 7, 8], (inputs, visit) => evaluateIntegers(unbounded, inputs, { visit }));
      if (!lied.ok) throw new Error(lied.error.code);
      expect(brokenRelation(program.program, lied.value)).toBeDefined();
    }
  });
});

describe('the report', () => {
  const name = 'all interactions of six features';
  it('names every table that can cut in a total network, with how often it did, and none in another', () => {
    const [total, other] = [true, false].map((own) => compiled(name, { total: own }).made);
    if (total === undefined || other === undefined) throw new Error('two networks');
    expect(other.report.layers.some(({ cut }) => cut.possible)).toBe(false);
    expect(total.report.layers.some(({ cut }) => cut.possible)).toBe(true);
    for (const { table, domain } of total.network.tables.map((table) => ({ table, domain: table.domain }))) {
      const top = Math.floor((domain.max + (table.shift === 0 ? 0 : 2 ** (table.shift - 1))) / 2 ** table.shift);
      const layer = total.report.layers.find((own) => own.table === table.name);
      if (top > table.hi) expect(layer?.cut.possible, table.name).toBe(true);
    }
    // Levels that only just hold the samples: other inputs are cut, and counted.
    const { graph } = compiled(name);
    const few = Array.from({ length: 9 }, (_, i) => normal([1, 6], 100 + i, () => 0));
    const evaluation = Array.from({ length: 60 }, (_, i) => normal([1, 6], 700 + i, () => 0));
    const tight = quantize(graph, few, { total: true, foresee: false, evaluation });
    if (!tight.ok) throw new Error(tight.error.code);
    expect(tight.value.report.layers.reduce((sum, { cut }) => sum + cut.evaluation, 0)).toBeGreaterThan(0);
  });

  it('says the worst sample, the decisions, and the chance of a refusal', () => {
    const { report } = compiled(name).made;
    const [output] = report.outputs;
    expect(output?.worst.difference).toBeGreaterThan(0);
    expect(output?.worst.sample).toBeLessThan(48);
    expect(output?.agreement).toBeGreaterThan(0.9);
    // None of 48: 1 - 0.05^(1/48).
    expect(report.refused).toEqual({ tried: 48, refused: 0, atMost: 0.061, over: 'samples' });
  });

  it('holds a target also where the bits are told, and says where it was loosened', () => {
    const { graph } = compiled(name);
    const samples = Array.from({ length: 12 }, (_, i) => normal([1, 6], 100 + i, () => 0));
    expect(quantize(graph, samples, { bits: 5, target: 0.001 })).toMatchObject({ ok: false, error: { code: 'model/accuracy' } });
    expect(quantize(graph, samples, { bits: 5 })).toMatchObject({
      ok: true,
      value: { report: { target: { relativeError: null, loosened: false } } },
    });
    expect(compiled(name).made.report.target).toEqual({ relativeError: 0.03, loosened: false });
  });
});
