// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { type AttrValue, type Graph, type GraphNode, MAX_NODES } from './graph.ts';
import { ops } from './ops/index.ts';
import type { Op, OpCall } from './ops/op.ts';
import { refuse } from './refuse.ts';
import { sizeOf, type Tensor, type TensorType } from './tensor.ts';

/** All values of a graph together may have this many positions (doubles: 2 GiB, never all alive). */
const MAX_TOTAL = 2 ** 28;
/** Constants together (doubles: 512 MiB); several may be read from the same bytes of a file. */
const MAX_CONSTANTS = 2 ** 26;
/** Inputs of a graph. */
const MAX_INPUTS = 256;
/** Constant folding may do this many steps in all. */
const MAX_FOLDING = 2 ** 30;

/** Rough upper bound of the steps of one evaluation: every output position may read every position of every input once. */
function work(op: Op, types: readonly (TensorType | undefined)[], outputs: readonly TensorType[]): number {
  const heavy = ['Conv', 'QLinearConv', 'Gemm', 'MatMul', 'QLinearMatMul'].includes(op.name);
  const out = outputs.reduce((sum, type) => sum + sizeOf(type.shape), 0);
  const read = types.reduce((sum, type) => sum + (type === undefined ? 0 : sizeOf(type.shape)), 0);
  return heavy
    ? out * Math.max(1, ...types.map((type) => (type === undefined ? 1 : sizeOf(type.shape) / (type.shape[0] || 1))))
    : out + read;
}

/**
 * What importers build with. Each `add` checks the node's shape rule and types its outputs; a node that reads constants
 * alone is evaluated at once, so that shape arithmetic disappears. Refuses what the rules refuse.
 */
export class GraphBuilder {
  readonly #inputs: string[] = [];
  readonly #nodes: GraphNode[] = [];
  readonly #constants = new Map<string, Tensor>();
  readonly #types = new Map<string, TensorType>();
  readonly #alias = new Map<string, string>();
  #positions = 0;
  #held = 0;
  #folding = 0;
  #fresh = 0;

  #claim(name: string, type: TensorType): void {
    if (name === '') refuse('model/malformed', { what: 'a value without a name' });
    if (this.#types.has(name) || this.#alias.has(name)) refuse('model/malformed', { what: `the value ${name} is defined twice` });
    this.#positions += sizeOf(type.shape, name);
    if (this.#positions > MAX_TOTAL) refuse('model/too-large', { what: 'all values together', limit: MAX_TOTAL });
    this.#types.set(name, type);
  }

  #hold({ data }: Tensor): void {
    this.#held += data.length;
    if (this.#held > MAX_CONSTANTS) refuse('model/too-large', { what: 'all constants together', limit: MAX_CONSTANTS });
  }

  /** The value a name stands for after aliases; refuses an unknown name. */
  resolve(name: string): string {
    const target = this.#alias.get(name) ?? name;
    return this.#types.has(target) ? target : refuse('model/missing', { tensor: name });
  }

  has(name: string): boolean {
    return this.#alias.has(name) || this.#types.has(name);
  }

  type(name: string): TensorType {
    const type = this.#types.get(this.resolve(name));
    invariant(type !== undefined, 'resolved names have types');
    return type;
  }

  constant(name: string): Tensor | undefined {
    return this.#constants.get(this.resolve(name));
  }

  /** A name no file can hold, for values a normalisation makes. */
  fresh(hint: string): string {
    return `${hint}\u0000${this.#fresh++}`;
  }

  input(name: string, type: TensorType): void {
    this.#claim(name, type);
    if (this.#inputs.length >= MAX_INPUTS) refuse('model/too-large', { what: 'the number of inputs', limit: MAX_INPUTS });
    this.#inputs.push(name);
  }

  define(name: string, tensor: Tensor): string {
    this.#claim(name, { dtype: tensor.dtype, shape: tensor.shape });
    this.#hold(tensor);
    this.#constants.set(name, tensor);
    return name;
  }

  /** `name` means the same value as `target`. */
  alias(name: string, target: string): void {
    if (name === '' || this.has(name)) refuse('model/malformed', { what: `the value ${name} is defined twice` });
    this.#alias.set(name, this.resolve(target));
  }

  /** Adds a node and returns its first output. */
  add(
    op: string,
    name: string,
    inputs: readonly string[],
    attrs: Readonly<Record<string, AttrValue>>,
    outputs: readonly string[] = [],
  ): string {
    const definition = ops.get(op);
    invariant(definition !== undefined, `importers use registered ops only (${op})`);
    if (this.#nodes.length >= MAX_NODES) refuse('model/too-large', { what: 'the number of nodes', limit: MAX_NODES });
    const [least, most] = definition.arity;
    const present = inputs.map((input) => (input === '' ? '' : this.resolve(input)));
    while (present.length > least && present[present.length - 1] === '') present.pop();
    if (present.length < least || present.length > most || present.slice(0, least).includes('')) {
      refuse('model/shape', { node: name, op, reason: `it has ${present.length} inputs` });
    }
    const names = outputs.length === 0 ? [this.fresh(name)] : outputs.map((output) => (output === '' ? this.fresh(name) : output));
    const node: GraphNode = { op, name, inputs: present, outputs: names, attrs };
    const call: OpCall = { node, types: present.map((input) => (input === '' ? undefined : this.type(input))) };
    const types = definition.infer(call);
    if (types.length < names.length) refuse('model/unsupported', { node: name, op, reason: `its output ${types.length} is not supported` });
    names.forEach((output, index) => {
      this.#claim(output, types[index] as TensorType);
    });
    const known = present.map((input) => (input === '' ? undefined : this.#constants.get(input)));
    if (present.every((input, index) => input === '' || known[index] !== undefined)) {
      this.#folding += work(definition, call.types, types);
      if (this.#folding > MAX_FOLDING) refuse('model/too-large', { what: 'the constant part of the model', limit: MAX_FOLDING });
      definition.evaluate(call, known).forEach((value, index) => {
        const output = names[index];
        this.#hold(value);
        if (output !== undefined) this.#constants.set(output, value);
      });
    } else this.#nodes.push(node);
    return names[0] as string;
  }

  /** The graph of what the outputs need; refuses weights that are not finite. */
  finish(outputs: readonly string[]): Graph {
    const wanted = new Set(outputs.map((name) => this.resolve(name)));
    const nodes: GraphNode[] = [];
    for (const node of [...this.#nodes].reverse()) {
      if (!node.outputs.some((output) => wanted.has(output))) continue;
      nodes.push(node);
      for (const input of node.inputs) if (input !== '') wanted.add(input);
    }
    const constants = new Map([...this.#constants].filter(([name]) => wanted.has(name)));
    for (const [name, { data }] of constants) {
      for (let i = 0; i < data.length; i++)
        if (!Number.isFinite(data[i])) refuse('model/not-finite', { tensor: name.split('\u0000')[0] as string });
    }
    for (const name of this.#inputs) wanted.add(name);
    const types = new Map([...this.#types].filter(([name]) => wanted.has(name)));
    for (const node of nodes) for (const output of node.outputs) types.set(output, this.type(output));
    return { inputs: this.#inputs, outputs: outputs.map((name) => this.resolve(name)), nodes: nodes.reverse(), constants, types };
  }
}
