// SPDX-License-Identifier: Apache-2.0
import { invariant, type Result } from '../../base/index.ts';
import { type LinearEngine, type RunOptions, runIntegers } from '../evaluate/integer.ts';
import type { Graph } from '../graph.ts';
import type { IntGraph } from '../intGraph.ts';
import { ops } from '../ops/index.ts';
import { attempt, Refusal, refuse } from '../refuse.ts';
import { isFloat, sizeOf, type Tensor } from '../tensor.ts';
import { type Calibration, calibrate } from './calibrate.ts';
import { codeInput, decodeOutput, encodeInput, type InputCoding } from './input.ts';
import { IntBuilder } from './intBuilder.ts';
import { lowererOf, type Precision } from './lower.ts';
import type { QValue } from './lowering.ts';
import { type LayerReport, proofCost, type QuantizeReport, sizes } from './report.ts';
import { lookupObserver, margins, type Observed, settleDomains } from './tables.ts';

export interface QuantizeOptions {
  /** Bits an activation, 4 to 12; chosen against the target if absent. */
  readonly bits?: number;
  /** The shared shift, 3 to 16; if absent bits + 2, or less where accumulators would grow too large. */
  readonly shift?: number;
  /** Saturation as part of the meaning: no input in range can fail. Default false. */
  readonly total?: boolean;
  /** Largest relative root mean square error of the outputs over the samples. Default 0.08 (a cosine of about .997). */
  readonly target?: number;
  /** Coding of the inputs, by name; else from the samples. */
  readonly inputs?: ReadonlyMap<string, InputCoding>;
  /** Bits of an input that is not on a grid. Default 8. */
  readonly inputBits?: number;
  /** Computes linear nodes (kernels); the readable reference if absent. */
  readonly linear?: LinearEngine;
}

export interface Quantized {
  readonly network: IntGraph;
  readonly report: QuantizeReport;
}

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
function checkGraph(graph: Graph): void {
  for (const [name, { shape }] of graph.types)
    if (sizeOf(shape) === 0) refuse('model/not-quantizable', { node: plainName(name), op: 'value', reason: 'it has no positions' });
  for (const { op, name, outputs } of graph.nodes) {
    const dtype = graph.types.get(outputs[0] as string)?.dtype ?? 'float32';
    if (!isFloat(dtype) && !WHOLE.has(op) && ops.get(op)?.lower !== undefined)
      refuse('model/not-quantizable', { node: plainName(name), op, reason: `it computes in ${dtype}` });
  }
}

const plainName = (name: string): string => name.split('\u0000')[0] as string;

/** The network at one precision, table domains still open. */
export function lowerGraph(
  graph: Graph,
  calibration: Calibration,
  precision: Precision,
  codings: ReadonlyMap<string, InputCoding>,
): IntGraph {
  const builder = new IntBuilder();
  const lowering = lowererOf(builder, calibration, precision);
  const values = new Map<string, QValue>();
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
      values.set(name, shared ? lowering.settle(call, named) : named);
    });
  }
  const outputs = graph.outputs.map((name) => {
    const value = values.get(name);
    invariant(value !== undefined, 'outputs are computed');
    if (value.terms.length === 0) refuse('model/not-quantizable', { node: name, op: 'output', reason: 'it does not depend on the input' });
    return lowering.output(name, value);
  });
  return builder.finish(outputs);
}

interface Accuracy {
  readonly name: string;
  readonly relativeError: number;
  readonly cosine: number;
}

function accuracy(
  network: IntGraph,
  calibration: Calibration,
  names: readonly string[],
  encoded: readonly (readonly Int32Array[])[],
  options: Pick<RunOptions, 'linear' | 'visit'>,
): Accuracy[] {
  const sums = names.map(() => ({ error: 0, power: 0, cosine: 0 }));
  encoded.forEach((inputs, sample) => {
    const results = runIntegers(network, inputs, { unbounded: true, ...options });
    results.forEach((values, index) => {
      const tensor = network.tensors[network.outputs[index] as number];
      const float = calibration.outputs[sample]?.[index];
      const sum = sums[index];
      invariant(tensor !== undefined && float !== undefined && sum !== undefined, 'outputs correspond');
      let [dot, ours, theirs] = [0, 0, 0];
      decodeOutput(values, tensor.shape, tensor.scale).forEach((value, i) => {
        const expected = float.data[i] as number;
        dot += value * expected;
        ours += value * value;
        theirs += expected * expected;
        sum.error += (value - expected) ** 2;
      });
      sum.power += theirs;
      sum.cosine += ours * theirs === 0 ? Number(ours === theirs) : dot / Math.sqrt(ours * theirs);
    });
  });
  return sums.map(({ error, power, cosine }, index) => ({
    name: names[index] as string,
    relativeError: power === 0 ? Math.sqrt(error) : Math.sqrt(error / power),
    cosine: cosine / encoded.length,
  }));
}

function reportOf(
  network: IntGraph,
  precision: Precision,
  total: boolean,
  encoded: readonly (readonly Int32Array[])[],
  outputs: readonly Accuracy[],
  observed: Observed,
): QuantizeReport {
  const spare = margins(network, observed);
  const finite = (value: number | undefined): number | null =>
    value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(2));
  const layers = network.nodes.flatMap((node, index): LayerReport[] => {
    if (node.kind !== 'lookup') return [];
    const input = network.tensors[node.input];
    invariant(input !== undefined, 'lookups have inputs');
    const activations = input.shape.reduce((product, length) => product * length, 1);
    const seen = observed.get(index) ?? { min: 0, max: 0 };
    return [
      {
        layer: node.name,
        table: network.tables[node.table]?.name ?? '',
        activations,
        proven: input.range,
        observed: seen,
        marginBits: finite(spare.get(index)),
      },
    ];
  });
  const known = layers.flatMap((layer) => (layer.marginBits === null ? [] : [layer.marginBits]));
  const reach = layers.reduce((most, { observed: seen }) => Math.max(most, -seen.min, seen.max), 1);
  return {
    ...precision,
    total,
    samples: encoded.length,
    outputs,
    layers,
    smallestMarginBits: known.length === 0 ? null : Math.min(...known),
    largestAccumulatorBits: Number(Math.log2(reach).toFixed(2)),
    ...sizes(network),
    cost: proofCost(network),
  };
}

function attemptPrecision(work: () => IntGraph): IntGraph | Refusal {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof Refusal && thrown.code === 'model/not-quantizable' && thrown.params.op === 'accumulator') return thrown;
    throw thrown;
  }
}

/**
 * Makes the exact integer network of a float graph. `samples` are inputs by name (calibration); bits and shift are the
 * least that reach the target, or as told. Refuses ops without an integer form, samples that do not fit, and a target out
 * of reach.
 */
export function quantize(graph: Graph, samples: readonly ReadonlyMap<string, Tensor>[], options: QuantizeOptions = {}): Result<Quantized> {
  return attempt(() => {
    checkGraph(graph);
    const calibration = calibrate(graph, samples);
    const codings = new Map(
      graph.inputs.map((name) => {
        const given = samples.map((sample) => sample.get(name) as Tensor);
        return [name, options.inputs?.get(name) ?? codeInput(given, options.inputBits ?? 8)] as const;
      }),
    );
    const encoded = samples.map((sample) =>
      graph.inputs.map((name) => encodeInput(sample.get(name) as Tensor, (codings.get(name) as InputCoding).scale)),
    );
    const target = options.target ?? 0.08;
    const told = options.bits !== undefined;
    const candidates = told ? [options.bits as number] : [8, 9, 10, 11, 12];
    let best = Number.POSITIVE_INFINITY;
    let failure: Refusal | undefined;
    // A smaller shift makes smaller weights: it is tried where an accumulator could leave the field's range.
    const settings = candidates.flatMap((bits) =>
      options.shift === undefined ? [2, 1, 0, -1].map((more) => ({ bits, shift: bits + more })) : [{ bits, shift: options.shift }],
    );
    const fitted = new Set<number>();
    for (const { bits, shift } of settings) {
      if (fitted.has(bits)) continue;
      if (!(Number.isInteger(bits) && bits >= 4 && bits <= 12 && Number.isInteger(shift) && shift >= 3 && shift <= 16))
        refuse('model/calibration', { what: `bits ${bits} of 4 to 12, shift ${shift} of 3 to 16` });
      const lowered = attemptPrecision(() => lowerGraph(graph, calibration, { bits, shift }, codings));
      if (lowered instanceof Refusal) {
        failure = lowered;
        continue;
      }
      fitted.add(bits);
      const { observed, visit } = lookupObserver(lowered);
      const results = accuracy(lowered, calibration, graph.outputs, encoded, {
        visit,
        ...(options.linear === undefined ? {} : { linear: options.linear }),
      });
      const error = Math.max(...results.map(({ relativeError }) => relativeError));
      best = Math.min(best, error);
      if (!told && error > target) continue;
      const network = settleDomains(lowered, observed, options.total ?? false);
      return { network, report: reportOf(network, { bits, shift }, options.total ?? false, encoded, results, observed) };
    }
    if (failure !== undefined && best === Number.POSITIVE_INFINITY) throw failure;
    return refuse('model/accuracy', { best: Number(best.toFixed(4)), target });
  });
}
