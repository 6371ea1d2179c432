// SPDX-License-Identifier: Apache-2.0
import type { AttrValue } from '../../graph.ts';
import type { ChannelsLast, FileWindow } from '../channelsLast.ts';
import { base64Text, isRecord, type Json, type JsonRecord, numbersOf } from './json.ts';

/** One node of a TF.js graph model while it is imported. */
export class TfNode {
  readonly values: ChannelsLast;
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly #attrs: JsonRecord;

  constructor(values: ChannelsLast, name: string, op: string, inputs: readonly string[], attrs: JsonRecord) {
    this.values = values;
    this.name = name;
    this.op = op;
    this.inputs = inputs;
    this.#attrs = attrs;
  }

  get at(): { name: string; op: string } {
    return { name: this.name, op: this.op };
  }

  input(index: number): string {
    return this.inputs[index] ?? this.values.misfit(this.at, `input ${index} is missing`);
  }

  #field(name: string, kind: string): Json | undefined {
    const attr = this.#attrs[name];
    return isRecord(attr) ? attr[kind] : undefined;
  }

  int(name: string, fallback: number): number {
    const value = this.#field(name, 'i');
    return value === undefined ? fallback : (numbersOf([value], name)[0] as number);
  }

  float(name: string, fallback: number): number {
    const value = this.#field(name, 'f');
    return typeof value === 'number' ? value : fallback;
  }

  flag(name: string): boolean {
    return this.#field(name, 'b') === true;
  }

  /** A type attribute: its name (`DT_FLOAT`), or its number as text. */
  kind(name: string): string {
    const value = this.#field(name, 'type');
    return value === 1 || value === 'DT_FLOAT' ? 'DT_FLOAT' : String(value ?? 'nothing');
  }

  text(name: string, fallback: string): string {
    const value = this.#field(name, 's');
    return value === undefined ? fallback : base64Text(value, name);
  }

  ints(name: string): number[] | undefined {
    const list = this.#field(name, 'list');
    return isRecord(list) && list.i !== undefined ? numbersOf(list.i, name) : undefined;
  }

  texts(name: string): string[] {
    const list = this.#field(name, 'list');
    return isRecord(list) && Array.isArray(list.s) ? (list.s as readonly Json[]).map((item) => base64Text(item, name)) : [];
  }

  plain(index: number): string {
    return this.values.plain(this.input(index), this.at);
  }

  step(op: string, inputs: readonly string[], attrs: Readonly<Record<string, AttrValue>> = {}): string {
    return this.values.step(this.at, op, inputs, attrs);
  }

  hold(value: string, first: boolean): void {
    this.values.hold(this.name, value, first);
  }

  /** Strides, dilations and padding of a convolution or pool; refuses channels-first files. */
  frame(): FileWindow {
    if (this.text('data_format', 'NHWC') !== 'NHWC') this.values.unsupported(this.at, 'channels first');
    const strides = this.ints('strides') ?? [1, 1, 1, 1];
    const dilations = this.ints('dilations') ?? [1, 1, 1, 1];
    const padding = this.text('padding', 'VALID');
    const pair = (list: readonly number[]) => [list[1] ?? 1, list[2] ?? 1] as const;
    const both = { strides: pair(strides), dilations: pair(dilations) };
    if (padding === 'SAME' || padding === 'VALID') return { ...both, padding };
    if (padding === 'EXPLICIT') return { ...both, padding: (this.ints('explicit_paddings') ?? []).slice(2, 6) };
    return this.values.unsupported(this.at, `padding ${padding}`);
  }
}
