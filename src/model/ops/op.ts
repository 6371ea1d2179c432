// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../base/index.ts';
import { stored } from '../dtype.ts';
import type { GraphNode } from '../graph.ts';
import type { Lowering, QValue } from '../quantize/lowering.ts';
import { refuse } from '../refuse.ts';
import { broadcastShapes, type DType, sizeOf, type Tensor, type TensorType } from '../tensor.ts';

/** A node with the types of its inputs (undefined where an optional input is absent). */
export interface OpCall {
  readonly node: GraphNode;
  readonly types: readonly (TensorType | undefined)[];
}

/** Bounds of real values. */
export interface Interval {
  readonly min: number;
  readonly max: number;
}

/**
 * One operation, all of it: shape rule, float semantics, integer semantics (how it becomes linear maps, lookups and
 * products) and range rule. Rules throw Refusal for what the node cannot be; they never guess.
 */
export interface Op {
  readonly name: string;
  /** One line for the table of operations. */
  readonly summary: string;
  /** How the integers and the proof have it; 'float only: …' says why not. */
  readonly proof: string;
  /** Least and most number of inputs. */
  readonly arity: readonly [number, number];
  /** Types of the outputs. */
  readonly infer: (call: OpCall) => readonly TensorType[];
  /** Float semantics: the readable reference, in doubles, each output rounded to its type. */
  readonly evaluate: (call: OpCall, inputs: readonly (Tensor | undefined)[]) => readonly Tensor[];
  /** Values between input and output that the integer semantics rounds, by a name of their own: calibration sees them ({@link innerName}). */
  readonly inner?: (call: OpCall, inputs: readonly (Tensor | undefined)[]) => readonly (readonly [name: string, value: Tensor])[];
  /** Integer semantics; absent: the op has none yet. */
  readonly lower?: (lowering: Lowering, call: OpCall, inputs: readonly (QValue | undefined)[]) => readonly QValue[];
  /** Bounds of the first output for inputs within bounds, where the op itself bounds it. */
  readonly range?: (call: OpCall, inputs: readonly Interval[]) => Interval;
}

/** What calibration calls a value inside a node. */
export const innerName = ({ outputs }: GraphNode, name: string): string => `${outputs[0]}\u0000${name}`;

const place = (call: OpCall): { node: string; op: string } => ({ node: call.node.name, op: call.node.op });

export const unsupported = (call: OpCall, reason: string): never => refuse('model/unsupported', { ...place(call), reason });
export const misfit = (call: OpCall, reason: string): never => refuse('model/shape', { ...place(call), reason });

/** The type of input `index`; refuses when it is absent. */
export function typeOf(call: OpCall, index: number): TensorType {
  return call.types[index] ?? misfit(call, `input ${index} is missing`);
}

/** The value of a required input; its presence was checked by the shape rule. */
export function tensorAt(inputs: readonly (Tensor | undefined)[], index: number): Tensor {
  const value = inputs[index];
  invariant(value !== undefined, `input ${index} was not given`);
  return value;
}

export function intAttr(call: OpCall, name: string, fallback: number): number {
  const value = call.node.attrs[name];
  if (value === undefined) return fallback;
  return typeof value === 'number' && Number.isInteger(value) ? value : misfit(call, `attribute ${name} is not an integer`);
}

export function floatAttr(call: OpCall, name: string, fallback: number): number {
  const value = call.node.attrs[name];
  if (value === undefined) return fallback;
  return typeof value === 'number' ? value : misfit(call, `attribute ${name} is not a number`);
}

export function textAttr(call: OpCall, name: string, fallback: string): string {
  const value = call.node.attrs[name];
  if (value === undefined) return fallback;
  return typeof value === 'string' ? value : misfit(call, `attribute ${name} is not a text`);
}

export function intsAttr(call: OpCall, name: string, fallback: readonly number[]): readonly number[] {
  const value = call.node.attrs[name];
  if (value === undefined) return fallback;
  const list = Array.isArray(value) ? (value as readonly number[]) : undefined;
  return list?.every(Number.isInteger) ? list : misfit(call, `attribute ${name} is not a list of integers`);
}

export function requiredInts(call: OpCall, name: string): readonly number[] {
  return call.node.attrs[name] === undefined ? misfit(call, `attribute ${name} is missing`) : intsAttr(call, name, []);
}

/** An axis in [-rank, rank) as one in [0, rank). */
export function normalAxis(call: OpCall, axis: number, rank: number): number {
  return axis >= -rank && axis < rank ? (axis < 0 ? axis + rank : axis) : misfit(call, `axis ${axis} of ${rank} axes`);
}

/** Axes in [0, rank), sorted; refuses repeats. */
export function normalAxes(call: OpCall, axes: readonly number[], rank: number): number[] {
  const out = axes.map((axis) => normalAxis(call, axis, rank)).sort((a, b) => a - b);
  return new Set(out).size === out.length ? out : misfit(call, 'an axis is given twice');
}

export function rankAtLeast(call: OpCall, index: number, rank: number): TensorType {
  const type = typeOf(call, index);
  return type.shape.length >= rank ? type : misfit(call, `input ${index} has ${type.shape.length} axes; at least ${rank} are needed`);
}

/** Broadcast type of all inputs; they must have one element type. */
export function broadcastType(call: OpCall): TensorType {
  const first = typeOf(call, 0);
  let shape: readonly number[] = first.shape;
  for (let index = 1; index < call.types.length; index++) {
    const other = typeOf(call, index);
    if (other.dtype !== first.dtype) misfit(call, `element types differ (${first.dtype}, ${other.dtype})`);
    shape = broadcastShapes(shape, other.shape) ?? misfit(call, `shapes ${shape.join('x')} and ${other.shape.join('x')} do not broadcast`);
  }
  sizeOf(shape, call.node.name);
  return { dtype: first.dtype, shape };
}

/** A result tensor from unrounded values. */
export const result = (dtype: DType, shape: readonly number[], data: Float64Array): Tensor => stored(dtype, shape, data);
