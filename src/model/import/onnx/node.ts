// SPDX-License-Identifier: Apache-2.0
import type { GraphBuilder } from '../../builder.ts';
import type { AttrValue } from '../../graph.ts';
import { refuse } from '../../refuse.ts';
import type { Tensor, TensorType } from '../../tensor.ts';
import type { AttributeProto, NodeProto } from './schema.ts';
import { readTensor } from './tensorProto.ts';

/** One ONNX node while it is imported: its attributes, its inputs as types or constants, and where its results go. */
export class OnnxNode {
  readonly builder: GraphBuilder;
  readonly op: string;
  readonly name: string;
  readonly opset: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly #attributes: ReadonlyMap<string, AttributeProto>;

  constructor(builder: GraphBuilder, proto: NodeProto, opset: number, index: number) {
    this.builder = builder;
    this.op = proto.op ?? '';
    this.name = proto.name || proto.outputs?.find((output) => output !== '') || `${this.op}_${index}`;
    this.opset = opset;
    this.inputs = proto.inputs ?? [];
    this.outputs = proto.outputs ?? [];
    this.#attributes = new Map((proto.attributes ?? []).map((attribute) => [attribute.name ?? '', attribute]));
    for (const attribute of this.#attributes.values()) {
      if (attribute.g !== undefined || attribute.reference)
        this.unsupported(`its attribute ${attribute.name ?? ''} is a subgraph or a reference`);
    }
  }

  unsupported(reason: string): never {
    return refuse('model/unsupported', { node: this.name, op: this.op, reason });
  }

  misfit(reason: string): never {
    return refuse('model/shape', { node: this.name, op: this.op, reason });
  }

  has(index: number): boolean {
    return (this.inputs[index] ?? '') !== '';
  }

  input(index: number): string {
    const name = this.inputs[index] ?? '';
    return name === '' ? this.misfit(`input ${index} is missing`) : this.builder.resolve(name);
  }

  type(index: number): TensorType {
    return this.builder.type(this.input(index));
  }

  /** A parameter that the compiler must know; refuses a value that depends on the input. */
  constant(index: number, what: string): Tensor {
    return this.builder.constant(this.input(index)) ?? this.unsupported(`its ${what} is not a constant`);
  }

  constantInts(index: number, what: string): number[] {
    return [...this.constant(index, what).data];
  }

  int(name: string): number | undefined {
    return this.#attributes.get(name)?.i ?? (this.#attributes.has(name) ? 0 : undefined);
  }

  float(name: string): number | undefined {
    return this.#attributes.get(name)?.f ?? (this.#attributes.has(name) ? 0 : undefined);
  }

  ints(name: string): readonly number[] | undefined {
    return this.#attributes.get(name)?.ints ?? (this.#attributes.has(name) ? [] : undefined);
  }

  floats(name: string): readonly number[] | undefined {
    return this.#attributes.get(name)?.floats;
  }

  text(name: string): string | undefined {
    const bytes = this.#attributes.get(name)?.s;
    // Texts that mean anything here are ASCII and short.
    return bytes === undefined ? undefined : String.fromCharCode(...bytes.subarray(0, 64));
  }

  tensor(name: string): Tensor | undefined {
    const proto = this.#attributes.get(name)?.t;
    return proto === undefined ? undefined : readTensor(proto, `${this.name}.${name}`);
  }

  /** The attributes among `names` that are present, under the same names; kinds: i, f, s, ints. */
  attrs(names: Readonly<Record<string, 'i' | 'f' | 's' | 'ints'>>): Record<string, AttrValue> {
    const out: Record<string, AttrValue> = {};
    for (const [name, kind] of Object.entries(names)) {
      const value = kind === 'i' ? this.int(name) : kind === 'f' ? this.float(name) : kind === 's' ? this.text(name) : this.ints(name);
      if (value !== undefined) out[name] = value;
    }
    return out;
  }

  /** Adds a registered op that makes this node's outputs. */
  emit(op: string, inputs: readonly string[], attrs: Readonly<Record<string, AttrValue>> = {}, outputs = this.outputs): void {
    this.builder.add(op, this.name, inputs, attrs, outputs);
  }

  /** Adds a registered op inside this node and returns its value. */
  step(op: string, inputs: readonly string[], attrs: Readonly<Record<string, AttrValue>> = {}): string {
    return this.builder.add(op, this.name, inputs, attrs);
  }

  /** All inputs, absent ones as ''. */
  all(): string[] {
    return this.inputs.map((name) => (name === '' ? '' : this.builder.resolve(name)));
  }

  define(tensor: Tensor): string {
    return this.builder.define(this.builder.fresh(this.name), tensor);
  }

  /** This node's only output is another value. */
  same(value: string): void {
    this.outputs.forEach((output, index) => {
      if (output === '') return;
      if (index > 0) this.unsupported(`its output ${index} is not supported`);
      this.builder.alias(output, value);
    });
  }
}
