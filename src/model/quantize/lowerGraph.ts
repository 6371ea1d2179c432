// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../base/index.ts';
import type { Graph } from '../graph.ts';
import type { IntGraph, Range, TensorId } from '../intGraph.ts';
import { ops } from '../ops/index.ts';
import { Refusal, refuse } from '../refuse.ts';
import { isFloat, sizeOf } from '../tensor.ts';
import type { Calibration } from './calibrate.ts';
import type { InputCoding } from './input.ts';
import { IntBuilder } from './intBuilder.ts';
import { lowererOf, type Precision } from './lower.ts';
import type { QValue } from './lowering.ts';

/** Ops that give whole numbers whole: on the other ops an integer type would wrap or truncate, which reals do not. */
const WHOLE: ReadonlySet<string> = new Set([
  'ArgMax',
  'Clip',
  'Concat',
  'Expand',
  'Flatten',
  'GlobalMaxPool',
  'Max',
  'MaxPool',
  'Min',
  'QLinearConv',
  'QLinearMatMul',
  'QuantizeLinear',
  'Relu',
  'Reshape',
  'Slice',
  'Split',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
]); // prettier-ignore

/** Refuses, by name, what the reals of the lowering would misread: values without positions, and arithmetic of integer types. */
export function checkGraph(graph: Graph): void {
  for (const [name, { shape }] of graph.types)
    if (sizeOf(shape) === 0) refuse('model/not-quantizable', { node: plainName(name), op: 'value', reason: 'it has no positions' });
  for (const { op, name, outputs } of graph.nodes) {
    const dtype = graph.types.get(outputs[0] as string)?.dtype ?? 'float32';
    if (!isFloat(dtype) && !WHOLE.has(op) && ops.get(op)?.lower !== undefined)
      refuse('model/not-quantizable', { node: plainName(name), op, reason: `it computes in ${dtype}` });
  }
}

const plainName = (name: string): string => name.split('\u0000')[0] as string;

/** A value of the float graph and the integers it became: no more is rounded between them. */
export interface Trace {
  readonly name: string;
  readonly value: QValue;
}

export interface LoweredGraph {
  readonly network: IntGraph;
  readonly traces: readonly Trace[];
  /** Largest difference between a function and its table, by the tensor the table makes. */
  readonly tableErrors: ReadonlyMap<TensorId, number>;
  /** Where each table answers as the model does: inputs outside are cut, or further from the function than it is said to be. */
  readonly faithful: readonly Range[];
  /** Of each lookup by its node, the inputs that no last level of ours cuts. */
  readonly uncut: ReadonlyMap<number, Range>;
}

/** The network at one precision, table domains still open. */
export function lowerGraph(
  graph: Graph,
  calibration: Calibration,
  precision: Precision,
  codings: ReadonlyMap<string, InputCoding>,
  beyond: number | undefined,
): LoweredGraph {
  const builder = new IntBuilder();
  const lowering = lowererOf(builder, calibration, precision, beyond);
  const values = new Map<string, QValue>();
  const traces: Trace[] = [];
  const readers = new Map<string, number>();
  for (const node of graph.nodes) for (const name of node.inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  for (const name of graph.outputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  for (const [name, { shape, data }] of graph.constants) values.set(name, { shape, terms: [], bias: { shape, data }, name });
  for (const name of graph.inputs) {
    const shape = graph.types.get(name)?.shape ?? [];
    const coding = codings.get(name);
    invariant(coding !== undefined, 'every input has a coding');
    const tensor = builder.input(name, shape, coding.scale, coding.range);
    const along = typeof coding.scale === 'number' ? undefined : coding.scale;
    const factors = {
      shape: shape.map((_, axis) => (axis === along?.axis ? (along.values.length as number) : 1)),
      data: along?.values ?? Float64Array.of(coding.scale as number),
    };
    values.set(name, { shape, terms: [{ tensor, map: { kind: 'scale', factors } }], bias: undefined, name });
  }
  for (const node of graph.nodes) {
    const op = ops.get(node.op);
    invariant(op !== undefined, 'graphs hold registered ops');
    const call = { node, types: node.inputs.map((name) => (name === '' ? undefined : graph.types.get(name))) };
    const inputs = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
    if (op.lower === undefined) refuse('model/not-quantizable', { node: node.name, op: node.op, reason: op.proof });
    op.lower(lowering, call, inputs).forEach((value, index) => {
      const name = node.outputs[index] as string;
      const named = { ...value, name };
      // Several readers of something still to be rounded share one rounding.
      const shared = (readers.get(name) ?? 0) > 1 && value.terms.length > 0 && !lowering.isSettled(value);
      const settled = shared ? lowering.settle(call, named) : named;
      values.set(name, settled);
      if (lowering.isSettled(settled)) traces.push({ name, value: settled });
    });
  }
  const outputs = graph.outputs.map((name) => {
    const value = values.get(name);
    invariant(value !== undefined, 'outputs are computed');
    if (value.terms.length === 0) refuse('model/not-quantizable', { node: name, op: 'output', reason: 'it does not depend on the input' });
    return lowering.output(name, value);
  });
  return { network: builder.finish(outputs), traces, tableErrors: lowering.tableErrors, faithful: builder.faithful, uncut: builder.uncut };
}

/** A refusal that another precision may not meet, as a value; any other goes on. */
export function attemptPrecision<T>(work: () => T): T | Refusal {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof Refusal && thrown.code === 'model/not-quantizable' && thrown.params.op === 'accumulator') return thrown;
    throw thrown;
  }
}
