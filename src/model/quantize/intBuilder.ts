// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../base/index.ts';
import {
  INTEGER_LIMIT,
  type IntGraph,
  type IntNode,
  type IntTensor,
  type LinearNode,
  type LinearTerm,
  type LookupNode,
  type Range,
  type Scale,
  type Table,
  type TensorId,
} from '../intGraph.ts';
import { columnRange, linearRange, type Origin, productRange } from '../intRange.ts';
import { refuse } from '../refuse.ts';
import { sameShape } from '../tensor.ts';

const EVERYWHERE: Range = { min: -INTEGER_LIMIT, max: INTEGER_LIMIT };

/** Emits an integer network node by node, proving ranges as it goes. */
export class IntBuilder {
  readonly #tensors: IntTensor[] = [];
  readonly #tables: Table[] = [];
  readonly #nodes: IntNode[] = [];
  readonly #inputs: TensorId[] = [];
  readonly #makers = new Map<TensorId, IntNode>();
  readonly #faithful: Range[] = [];
  readonly #uncut = new Map<number, Range>();
  readonly #origin: Origin = { producer: (id) => this.#makers.get(id), table: (index) => this.#tables[index] };

  tensor(id: TensorId): IntTensor {
    const tensor = this.#tensors[id];
    invariant(tensor !== undefined, 'unknown tensor');
    return tensor;
  }

  #push(name: string, shape: readonly number[], scale: Scale, range: Range): TensorId {
    if (range.min <= -INTEGER_LIMIT || range.max >= INTEGER_LIMIT) {
      refuse('model/not-quantizable', {
        node: name,
        op: 'accumulator',
        reason: `values up to ${Math.max(-range.min, range.max)} leave ±2^29; use fewer bits`,
      });
    }
    this.#tensors.push({ name, shape: [...shape], scale, range: { min: range.min + 0, max: range.max + 0 } });
    return this.#tensors.length - 1;
  }

  input(name: string, shape: readonly number[], scale: Scale, range: Range): TensorId {
    const id = this.#push(name, shape, scale, range);
    this.#inputs.push(id);
    return id;
  }

  linear(
    name: string,
    terms: readonly LinearTerm[],
    bias: Int32Array,
    biasShape: readonly number[],
    shape: readonly number[],
    scale: Scale,
  ): TensorId {
    const node: LinearNode = { kind: 'linear', name, terms, bias, biasShape, output: this.#tensors.length };
    const range = linearRange(node, this.#tensors, shape, this.#origin);
    const id = this.#push(name, shape, scale, range);
    this.#nodes.push(node);
    this.#makers.set(id, node);
    return id;
  }

  /** What a linear node could reach, without making it. */
  rangeOf(terms: readonly LinearTerm[], bias: Int32Array, biasShape: readonly number[], shape: readonly number[]): Range {
    const node = { kind: 'linear', name: '', terms, bias, biasShape, output: this.#tensors.length } as const;
    return linearRange(node, this.#tensors, shape, this.#origin);
  }

  /** A structural or summing map of one tensor, without bias. */
  single(name: string, term: LinearTerm, shape: readonly number[], scale: Scale): TensorId {
    return this.linear(name, [term], new Int32Array(), [], shape, scale);
  }

  /** Of each table, the inputs for which it answers as the model does. */
  get faithful(): readonly Range[] {
    return this.#faithful;
  }

  /** Of each lookup by its node, the inputs that no last level of ours cuts. */
  get uncut(): ReadonlyMap<number, Range> {
    return this.#uncut;
  }

  /** Index of an equal table, or a new one. Domains are settled by {@link finish}. */
  #table(table: Table, faithful: Range): number {
    const found = this.#tables.findIndex(
      (other, at) =>
        this.#faithful[at]?.min === faithful.min &&
        this.#faithful[at]?.max === faithful.max &&
        other.shift === table.shift &&
        other.lo === table.lo &&
        other.hi === table.hi &&
        other.columns.length === table.columns.length &&
        other.columns.every((column, at) => column.every((value, i) => value === table.columns[at]?.[i])),
    );
    if (found >= 0) return found;
    this.#tables.push(table);
    this.#faithful.push(faithful);
    return this.#tables.length - 1;
  }

  lookup(
    name: string,
    spec: Pick<Table, 'name' | 'shift' | 'lo' | 'hi' | 'columns'>,
    input: TensorId,
    scales: readonly Scale[],
    faithful: Range = EVERYWHERE,
    uncut: Range = faithful,
  ): TensorId[] {
    const unit = 2 ** spec.shift;
    const core = { min: (spec.lo - 1) * unit, max: (spec.hi + 1) * unit };
    const domain = { min: -INTEGER_LIMIT, max: INTEGER_LIMIT };
    const table = this.#table({ ...spec, core, domain, total: false }, faithful);
    const from = this.tensor(input);
    const outputs = spec.columns.map((_, column) =>
      this.#push(name, from.shape, scales[column] ?? 1, columnRange(this.#tables[table] as Table, column, from.range)),
    );
    const node: LookupNode = { kind: 'lookup', name, table, input, outputs };
    this.#uncut.set(this.#nodes.length, uncut);
    this.#nodes.push(node);
    for (const id of outputs) this.#makers.set(id, node);
    return outputs;
  }

  product(name: string, a: TensorId, b: TensorId, scale: Scale): TensorId {
    const [left, right] = [this.tensor(a), this.tensor(b)];
    invariant(sameShape(left.shape, right.shape), 'products have equal shapes');
    const range = productRange({ kind: 'product', name, a, b, output: -1 }, this.#tensors);
    const id = this.#push(name, left.shape, scale, range);
    this.#nodes.push({ kind: 'product', name, a, b, output: id });
    return id;
  }

  /** The network so far; tables still have the widest domain. */
  finish(outputs: readonly TensorId[]): IntGraph {
    return { tensors: this.#tensors, tables: this.#tables, inputs: this.#inputs, outputs, nodes: this.#nodes };
  }
}
