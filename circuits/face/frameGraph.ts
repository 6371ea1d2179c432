// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../src/base/index.ts';
import {
  columnRange,
  type IntGraph,
  type IntNode,
  type IntTensor,
  type LinearTerm,
  linearRange,
  productRange,
  type Range,
  type Scale,
  type Table,
  type TensorId,
} from '../../src/model/integer.ts';

/** [-2^m, 2^m) with the least m that holds `range`. */
function dyadic({ min, max }: Range): Range {
  let reach = 1;
  while (-reach > min || reach - 1 < max) reach *= 2;
  return { min: -reach, max: reach - 1 };
}

const sameColumns = (a: Table, b: Table): boolean =>
  a.shift === b.shift &&
  a.lo === b.lo &&
  a.hi === b.hi &&
  a.columns.length === b.columns.length &&
  a.columns.every((column, j) => column.every((value, i) => value === b.columns[j]?.[i]));

/** One integer network over one committed frame: steps on the frame, and whole networks spliced in behind them. */
export class FrameGraph {
  readonly #tensors: IntTensor[] = [];
  readonly #tables: Table[] = [];
  readonly #nodes: IntNode[] = [];
  readonly #producers = new Map<TensorId, IntNode>();
  /** What range analysis asks for. */
  readonly #origin = { producer: (id: TensorId) => this.#producers.get(id), table: (index: number) => this.#tables[index] };
  readonly frame: TensorId;

  /** The frame has shape [1, 3, side, side], pixels 0 to 255. */
  constructor(side: number) {
    this.frame = this.#push([1, 3, side, side], 1, { min: 0, max: 255 });
  }

  #push(shape: readonly number[], scale: Scale, range: Range): TensorId {
    return this.#tensors.push({ name: `t${this.#tensors.length}`, shape, scale, range }) - 1;
  }

  #make(node: IntNode, outputs: readonly TensorId[]): void {
    this.#nodes.push(node);
    for (const id of outputs) this.#producers.set(id, node);
  }

  tensor(id: TensorId): IntTensor {
    const tensor = this.#tensors[id];
    invariant(tensor !== undefined, 'FrameGraph: no such tensor');
    return tensor;
  }

  /** y = the terms' sum + bias, a linear node. */
  linear(
    terms: readonly LinearTerm[],
    shape: readonly number[],
    scale: Scale,
    bias: Int32Array = new Int32Array(),
    biasShape: readonly number[] = [],
  ): TensorId {
    const node = { kind: 'linear', name: `layer ${this.#nodes.length}`, terms, bias, biasShape, output: this.#tensors.length } as const;
    const id = this.#push(shape, scale, linearRange(node, this.#tensors, shape, this.#origin));
    this.#make(node, [id]);
    return id;
  }

  /** Equal tables become one, its domain holding both. */
  #table(table: Table): number {
    const at = this.#tables.findIndex((other) => sameColumns(other, table));
    if (at < 0) return this.#tables.push({ ...table, name: `table ${this.#tables.length}` }) - 1;
    const known = this.#tables[at] as Table;
    const domain = { min: Math.min(known.domain.min, table.domain.min), max: Math.max(known.domain.max, table.domain.max) };
    this.#tables[at] = { ...known, domain, total: known.total && table.total };
    return at;
  }

  #lookup(table: Table, input: TensorId, scales: readonly Scale[]): TensorId[] {
    const number = this.#table(table);
    const { shape, range } = this.tensor(input);
    const outputs = table.columns.map((_, column) => this.#push(shape, scales[column] ?? 1, columnRange(table, column, range)));
    this.#make({ kind: 'lookup', name: `layer ${this.#nodes.length}`, table: number, input, outputs }, outputs);
    return outputs;
  }

  /**
   * clamp(round(x / 2^shift), -limit, limit), halves up. Total: no x can leave the table.
   */
  requantise(input: TensorId, shift: number, limit: number, scale: Scale): TensorId {
    const column = Int32Array.from({ length: 2 * limit + 1 }, (_, i) => i - limit);
    return this.#function(input, { shift, lo: -limit, hi: limit, columns: [column] }, scale);
  }

  /** round(x / divisor) for x >= 0, halves up: the mean of a box whose pixels were added up. */
  mean(input: TensorId, divisor: number, scale: Scale): TensorId {
    const { max } = this.tensor(input).range;
    const column = Int32Array.from({ length: max + 1 }, (_, i) => Math.floor((2 * i + divisor) / (2 * divisor)));
    return this.#function(input, { shift: 0, lo: 0, hi: max, columns: [column] }, scale);
  }

  #function(input: TensorId, table: Pick<Table, 'shift' | 'lo' | 'hi' | 'columns'>, scale: Scale): TensorId {
    const { range } = this.tensor(input);
    const unit = 2 ** table.shift;
    const core = { min: (table.lo - 1) * unit, max: (table.hi + 1) * unit };
    const domain = range.min < 0 ? dyadic(range) : { min: 0, max: range.max };
    const [output] = this.#lookup({ ...table, name: '', core, domain, total: true }, input, [scale]);
    invariant(output !== undefined, 'FrameGraph: a table has an output');
    return output;
  }

  /** All of a network with one input and one output, reading `input` in place of its own; its promises hold since ranges are proven again. */
  include(network: IntGraph, input: TensorId): TensorId {
    const [from, ...more] = network.inputs;
    const [output, ...others] = network.outputs;
    invariant(
      from !== undefined && output !== undefined && more.length + others.length === 0,
      'FrameGraph: a network has one input and one output',
    );
    const [own, given] = [network.tensors[from], this.tensor(input)];
    invariant(own !== undefined && own.shape.join() === given.shape.join(), 'FrameGraph: the input has another shape');
    invariant(
      own.range.min <= given.range.min && own.range.max >= given.range.max,
      'FrameGraph: the input could leave the range of the network',
    );
    const ids = new Map<TensorId, TensorId>([[from, input]]);
    const at = (id: TensorId): TensorId => {
      const known = ids.get(id);
      invariant(known !== undefined, 'FrameGraph: a node reads what is not made yet');
      return known;
    };
    for (const node of network.nodes) {
      if (node.kind === 'lookup') {
        const table = network.tables[node.table];
        invariant(table !== undefined, 'FrameGraph: a lookup in no table');
        const scales = node.outputs.map((id) => network.tensors[id]?.scale ?? 1);
        const made = this.#lookup(table, at(node.input), scales);
        node.outputs.forEach((id, i) => void ids.set(id, made[i] as TensorId));
        continue;
      }
      const { shape, scale } = network.tensors[node.output] as IntTensor;
      if (node.kind === 'linear') {
        const terms = node.terms.map(({ input: x, map }) => ({ input: at(x), map }));
        ids.set(node.output, this.linear(terms, shape, scale, node.bias, node.biasShape));
      } else {
        const product = {
          kind: 'product',
          name: `layer ${this.#nodes.length}`,
          a: at(node.a),
          b: at(node.b),
          output: this.#tensors.length,
        } as const;
        const id = this.#push(shape, scale, productRange(product, this.#tensors));
        this.#make(product, [id]);
        ids.set(node.output, id);
      }
    }
    return at(output);
  }

  finish(outputs: readonly TensorId[]): IntGraph {
    return { tensors: this.#tensors, tables: this.#tables, nodes: this.#nodes, inputs: [this.frame], outputs };
  }
}
