// SPDX-License-Identifier: Apache-2.0
//
// Test helper: integer networks written by hand, node by node, with the ranges that follow (or others that are claimed).
import type { IntGraph, IntNode, IntTensor, LinearTerm, Range, Table } from '../intGraph.ts';
import { columnRange, linearRange, productRange } from '../intRange.ts';

const whole = ({ min, max }: Range): Range => ({ min: min + 0 || 0, max: max + 0 || 0 });

export class IntNetworkWriter {
  readonly #tensors: IntTensor[] = [];
  readonly #tables: Table[] = [];
  readonly #nodes: IntNode[] = [];
  readonly #inputs: number[] = [];
  readonly #makers = new Map<number, IntNode>();

  get tensors(): readonly IntTensor[] {
    return this.#tensors;
  }

  #tensor(shape: readonly number[], range: Range): number {
    return this.#tensors.push({ name: `t${this.#tensors.length}`, shape, scale: 1, range: whole(range) }) - 1;
  }

  input(shape: readonly number[], range: Range): number {
    const id = this.#tensor(shape, range);
    this.#inputs.push(id);
    return id;
  }

  /** `claimed`: a range that is declared instead of the one that follows. */
  linear(
    shape: readonly number[],
    terms: readonly LinearTerm[],
    bias: Int32Array = new Int32Array(),
    biasShape: readonly number[] = [],
    claimed?: Range,
  ): number {
    const output = this.#tensors.length;
    const node: IntNode = { kind: 'linear', name: `layer ${this.#nodes.length}`, terms, bias, biasShape, output };
    const origin = { producer: (id: number) => this.#makers.get(id), table: (index: number) => this.#tables[index] };
    this.#nodes.push(node);
    this.#makers.set(output, node);
    return this.#tensor(shape, claimed ?? linearRange(node, this.#tensors, shape, origin));
  }

  /** relu(round(x / 2^shift)) by table, exact on all that its input can be. */
  relu(input: number, shift: number): number {
    const { range } = this.#tensors[input] as IntTensor;
    const hi = Math.max(1, Math.floor((range.max + (shift === 0 ? 0 : 2 ** (shift - 1))) / 2 ** shift));
    const table: Table = {
      name: `table ${this.#tables.length}`,
      shift,
      lo: 0,
      hi,
      domain: { min: Math.min(0, range.min), max: Math.max(0, range.max) },
      core: { min: -(2 ** shift), max: (hi + 1) * 2 ** shift },
      total: true,
      columns: [Int32Array.from({ length: hi + 1 }, (_, i) => i)],
    };
    return this.lookup(input, table)[0] as number;
  }

  /** One tensor a column. */
  lookup(input: number, table: Table): readonly number[] {
    const { shape, range } = this.#tensors[input] as IntTensor;
    const outputs = table.columns.map((_, column) => this.#tensors.length + column);
    const node: IntNode = { kind: 'lookup', name: `layer ${this.#nodes.length}`, table: this.#tables.push(table) - 1, input, outputs };
    this.#nodes.push(node);
    return outputs.map((id, column) => {
      this.#makers.set(id, node);
      return this.#tensor(shape, columnRange(table, column, range));
    });
  }

  product(a: number, b: number): number {
    const node: IntNode = { kind: 'product', name: `layer ${this.#nodes.length}`, a, b, output: this.#tensors.length };
    this.#nodes.push(node);
    return this.#tensor((this.#tensors[a] as IntTensor).shape, productRange(node, this.#tensors));
  }

  finish(...outputs: readonly number[]): IntGraph {
    return { tensors: this.#tensors, tables: this.#tables, inputs: this.#inputs, outputs, nodes: this.#nodes };
  }
}

/** `blocks` channel shuffles: half of the channels through a 1x1 convolution and relu, concatenation, channels dealt out anew; then their means. */
export function shuffleNet(channels: number, blocks: number, side: number, next: () => number): IntGraph {
  const w = new IntNetworkWriter();
  const half = channels / 2;
  const full = [1, channels, side, side];
  const part = [1, half, side, side];
  const reshape = { op: 'reshape' } as const;
  let x = w.input(full, { min: -7, max: 7 });
  for (let block = 0; block < blocks; block++) {
    const cut = (from: number) => ({ op: 'slice', starts: [0, from, 0, 0], steps: [1, 1, 1, 1] }) as const;
    const left = w.linear(part, [{ input: x, map: cut(0) }]);
    const right = w.linear(part, [{ input: x, map: cut(half) }]);
    const weights = Int32Array.from({ length: half * half }, () => Math.round(next() * 2));
    const one = { strides: [1, 1], padsBefore: [0, 0], dilations: [1, 1], group: 1 };
    const conv = w.linear(part, [{ input: right, map: { op: 'conv', weights, weightShape: [half, half, 1, 1], ...one } }]);
    const place = (from: number) => ({ op: 'place', starts: [0, from, 0, 0] }) as const;
    const joined = w.linear(full, [
      { input: left, map: place(0) },
      { input: w.relu(conv, 3), map: place(half) },
    ]);
    const dealt = w.linear([1, 2, half, side, side], [{ input: joined, map: reshape }]);
    const turned = w.linear([1, half, 2, side, side], [{ input: dealt, map: { op: 'transpose', perm: [0, 2, 1, 3, 4] } }]);
    x = w.linear(full, [{ input: turned, map: reshape }]);
  }
  return w.finish(w.linear([1, channels, 1, 1], [{ input: x, map: { op: 'reduce', axes: [2, 3] } }]));
}
