// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../builder.ts';
import type { Graph } from '../graph.ts';
import { evaluateIntegers, runGraph } from '../index.ts';
import { filled, noise, randomInput } from '../testing/random.test-util.ts';
import { quantize } from './index.ts';
import { decodeOutput, encodeInput } from './input.ts';

// Sequences: the rows of a layer's weights lie along the last axis, while channels are the second.

class Writer {
  readonly b = new GraphBuilder();
  #fresh = 0;
  #next = noise(5);
  constructor(shape: readonly number[]) {
    this.b.input('x', { dtype: 'float32', shape });
  }
  add(op: string, inputs: readonly string[], attrs: Parameters<GraphBuilder['add']>[3] = {}): string {
    return this.b.add(op, `${op}${this.#fresh++}`, inputs, attrs);
  }
  weights(shape: readonly number[], factor: number): string {
    return this.b.define(`w${this.#fresh++}`, filled(shape, this.#next, factor));
  }
  number(value: number): string {
    return this.b.define(`c${this.#fresh++}`, { dtype: 'float32', shape: [], data: Float64Array.of(Math.fround(value)) });
  }
  linear(x: string, from: number, to: number): string {
    return this.add('Add', [this.add('MatMul', [x, this.weights([from, to], Math.sqrt(3 / from))]), this.weights([to], 0.1)]);
  }
  norm(x: string, width: number): string {
    const mean = this.add('ReduceMean', [x], { axes: [-1], keepdims: 1 });
    const off = this.add('Sub', [x, mean]);
    const variance = this.add('ReduceMean', [this.add('Mul', [off, off])], { axes: [-1], keepdims: 1 });
    const root = this.add('Sqrt', [this.add('Add', [variance, this.number(1e-3)])]);
    return this.add('Add', [this.add('Mul', [this.add('Div', [off, root]), this.weights([width], 1)]), this.weights([width], 0.1)]);
  }
  /** Scaled dot-product attention written out, with `heads` heads. */
  attention(x: string, length: number, width: number, heads: number): string {
    const each = width / heads;
    const split = (value: string): string =>
      this.add('Transpose', [this.add('Reshape', [value], { shape: [1, length, heads, each] })], { perm: [0, 2, 1, 3] });
    const [q, k, v] = [0, 1, 2].map(() => split(this.linear(x, width, width))) as [string, string, string];
    const scores = this.add('Mul', [
      this.add('MatMul', [q, this.add('Transpose', [k], { perm: [0, 1, 3, 2] })]),
      this.number(each ** -0.5),
    ]);
    const mixed = this.add('MatMul', [this.add('Softmax', [scores], { axis: -1 }), v]);
    return this.linear(
      this.add('Reshape', [this.add('Transpose', [mixed], { perm: [0, 2, 1, 3] })], { shape: [1, length, width] }),
      width,
      width,
    );
  }
}

const graphs: Readonly<Record<string, () => Graph>> = {
  'a linear layer and relu, [1,4,8]': () => {
    const w = new Writer([1, 4, 8]);
    return w.b.finish([w.add('Relu', [w.linear('x', 8, 8)])]);
  },
  'as many positions as rows, [1,8,8]': () => {
    const w = new Writer([1, 8, 8]);
    return w.b.finish([w.add('Relu', [w.linear('x', 8, 8)])]);
  },
  'two axes before it, [1,2,3,8]': () => {
    const w = new Writer([1, 2, 3, 8]);
    return w.b.finish([w.linear(w.add('Sigmoid', [w.linear('x', 8, 6)]), 6, 3)]);
  },
  'a perceptron with a residual': () => {
    const w = new Writer([1, 4, 8]);
    return w.b.finish([w.add('Add', ['x', w.linear(w.add('Relu', [w.linear('x', 8, 16)]), 16, 8)])]);
  },
  'a layer norm by hand': () => {
    const w = new Writer([1, 4, 8]);
    return w.b.finish([w.linear(w.norm(w.linear('x', 8, 8), 8), 8, 4)]);
  },
  'attention by hand': () => {
    const w = new Writer([1, 4, 8]);
    return w.b.finish([w.attention('x', 4, 8, 2)]);
  },
  'a transformer block': () => {
    const w = new Writer([1, 4, 8]);
    const a = w.add('Add', ['x', w.attention(w.norm('x', 8), 4, 8, 2)]);
    const hidden = w.linear(w.norm(a, 8), 8, 16);
    const gelu = w.add('Mul', [hidden, w.add('Sigmoid', [w.add('Mul', [hidden, w.number(1.702)])])]);
    return w.b.finish([w.add('Add', [a, w.linear(gelu, 16, 8)])]);
  },
};

describe.each(Object.entries(graphs))('%s', (_, make) => {
  it('compiles, and says what the float network says', () => {
    const graph = make();
    const samples = Array.from({ length: 32 }, (__, i) => randomInput(graph, 900 + i));
    const made = quantize(graph, samples, {});
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    const { network, report } = made.value;
    const [id] = network.inputs;
    const [out] = network.outputs;
    const [input, output] = [network.tensors[id as number], network.tensors[out as number]];
    if (input === undefined || output === undefined) throw new Error('a network has tensors');
    let [difference, size, ran] = [0, 0, 0];
    for (let i = 0; i < 60; i++) {
      const sample = randomInput(graph, 5000 + i);
      const run = evaluateIntegers(network, [encodeInput(sample.get('x') as never, input.scale)]);
      if (!run.ok) {
        expect(['model/out-of-range', 'model/input-range']).toContain(run.error.code);
        continue;
      }
      ran++;
      const real = decodeOutput(run.value[0] as Int32Array, output.shape, output.scale);
      const [expected] = runGraph(graph, sample);
      expected?.data.forEach((value, at) => {
        difference += (value - (real[at] as number)) ** 2;
        size += value ** 2;
      });
    }
    expect(ran).toBeGreaterThan(40);
    expect(Math.sqrt(difference / size)).toBeLessThan(2 * (report.outputs[0]?.relativeError ?? 0) + 0.01);
  });
});
