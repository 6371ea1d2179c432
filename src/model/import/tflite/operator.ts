// SPDX-License-Identifier: Apache-2.0
import type { AttrValue } from '../../graph.ts';
import type { ChannelsLast, Place } from '../channelsLast.ts';
import type { Table } from './reader.ts';

/** One TFLite operator while it is imported. Tensor names are their indices in the subgraph. */
export interface Operator {
  readonly at: Place;
  readonly values: ChannelsLast;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly options: Table | undefined;
}

export const ACTIVATIONS = ['none', 'relu', 'relu_n1_to_1', 'relu6', 'tanh'] as const;

export function activation(node: Operator, field: number): string {
  const code = node.options?.byte(field, 0) ?? 0;
  return ACTIVATIONS[code] ?? node.values.unsupported(node.at, `activation ${code}`);
}

export const input = (node: Operator, index: number): string => {
  const name = node.inputs[index] ?? '';
  return name === '' ? node.values.misfit(node.at, `input ${index} is missing`) : name;
};

export const output = (node: Operator): string => node.outputs[0] ?? node.values.misfit(node.at, 'it has no output');

/** Holds `value` as the operator's output, after its fused activation (option field, or none). */
export function finish(node: Operator, value: string, first: boolean, field?: number): void {
  node.values.hold(output(node), field === undefined ? value : node.values.activate(node.at, value, activation(node, field)), first);
}

/** An element-wise operator with its fused activation. */
export function elementwise(node: Operator, op: string, field?: number, attrs: Readonly<Record<string, AttrValue>> = {}): void {
  const { values, first } = node.values.aligned(node.inputs, node.at);
  finish(node, node.values.step(node.at, op, values, attrs), first, field);
}

/** Options begin: padding, stride width, stride height. */
export function frame(node: Operator, dilationField?: number) {
  const options = node.options ?? node.values.misfit(node.at, 'it has no options');
  const dilations = dilationField === undefined ? undefined : ([options.int(dilationField + 1, 1), options.int(dilationField, 1)] as const);
  const padding = options.byte(0, 0) === 0 ? ('SAME' as const) : ('VALID' as const);
  return { strides: [options.int(2, 1), options.int(1, 1)] as const, padding, ...(dilations === undefined ? {} : { dilations }) };
}
