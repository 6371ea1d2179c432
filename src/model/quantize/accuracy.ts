// SPDX-License-Identifier: Apache-2.0
//
// Float against integer, over the samples: the outputs (what a precision is chosen by), and layer by layer.
import { invariant } from '../../base/index.ts';
import { runGraph } from '../evaluate/float.ts';
import { type RunOptions, runIntegers } from '../evaluate/integer.ts';
import type { Graph } from '../graph.ts';
import type { IntGraph, TensorId } from '../intGraph.ts';
import { broadcastStrides, walk } from '../tensor.ts';
import type { Calibration } from './calibrate.ts';
import { decodeOutput } from './input.ts';
import type { LoweredGraph } from './lowerGraph.ts';
import { padded } from './reals.ts';

/** Inputs of the network as integers, one list a sample. */
export type Encoded = readonly (readonly Int32Array[])[];

export interface OutputAccuracy {
  readonly name: string;
  readonly relativeError: number;
  readonly cosine: number;
  /** The largest difference of a single value over all samples, in the output's own terms, and the sample it is in. */
  readonly worst: { readonly difference: number; readonly sample: number };
  /**
   * How often the decision is the float model's: of several values which is largest (the first of equals), of one its sign. Of the samples.
   */
  readonly agreement: number;
}

/** Which of several values is largest, the first of equals; of one value whether it is positive. */
function decision(values: Float64Array): number {
  if (values.length === 1) return Number((values[0] as number) > 0);
  return values.reduce((best, value, i) => (value > (values[best] as number) ? i : best), 0);
}

/** Samples whose layers are compared: each costs a float pass more. */
const LAYER_SAMPLES = 4;

/**
 * Errors of the outputs over all samples; undefined as soon as an output must miss `limit` (the power of the float outputs is
 * known beforehand, and errors only add up).
 */
export function outputAccuracy(
  network: IntGraph,
  calibration: Calibration,
  names: readonly string[],
  encoded: Encoded,
  options: Pick<RunOptions, 'linear' | 'visit'>,
  limit: number,
): OutputAccuracy[] | undefined {
  const power = names.map((_, index) =>
    calibration.outputs.reduce((sum, floats) => sum + (floats[index]?.data.reduce((own, value) => own + value * value, 0) ?? 0), 0),
  );
  const sums = names.map(() => ({ error: 0, cosine: 0, agreed: 0, worst: { difference: 0, sample: 0 } }));
  const relative = (index: number): number => {
    const error = sums[index]?.error ?? 0;
    return power[index] === 0 ? Math.sqrt(error) : Math.sqrt(error / (power[index] as number));
  };
  for (const [sample, inputs] of encoded.entries()) {
    runIntegers(network, inputs, { unbounded: true, ...options }).forEach((values, index) => {
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
        const difference = Math.abs(value - expected);
        if (difference > sum.worst.difference) sum.worst = { difference, sample };
      });
      sum.agreed += Number(decision(decodeOutput(values, tensor.shape, tensor.scale)) === decision(float.data));
      sum.cosine += ours * theirs === 0 ? Number(ours === theirs) : dot / Math.sqrt(ours * theirs);
    });
    if (names.some((_, index) => relative(index) > limit)) return undefined;
  }
  return sums.map(({ cosine, agreed, worst }, index) => ({
    name: names[index] as string,
    relativeError: relative(index),
    cosine: cosine / encoded.length,
    worst,
    agreement: agreed / encoded.length,
  }));
}

/** Relative error of every lookup layer that makes a value of the float graph, by node, over the first samples. */
export function layerErrors(
  graph: Graph,
  { network, traces }: LoweredGraph,
  calibration: Calibration,
  encoded: Encoded,
  options: Pick<RunOptions, 'linear'>,
): ReadonlyMap<number, number> {
  const makers = new Map<TensorId, number>();
  network.nodes.forEach((node, index) => {
    if (node.kind === 'lookup') for (const id of node.outputs) makers.set(id, index);
  });
  const layers = new Map(
    traces.flatMap(({ name, value }) => {
      const nodes = new Set(value.terms.map(({ tensor }) => makers.get(tensor)));
      const [node] = nodes;
      return nodes.size === 1 && node !== undefined ? [[name, { value, node }] as const] : [];
    }),
  );
  const wanted = new Set([...layers.values()].flatMap(({ value }) => value.terms.map(({ tensor }) => tensor)));
  const sums = new Map<number, { error: number; power: number }>();
  for (const [at, inputs] of encoded.slice(0, LAYER_SAMPLES).entries()) {
    const kept = new Map<TensorId, Int32Array>();
    runIntegers(network, inputs, {
      unbounded: true,
      ...options,
      visit: (id, values) => {
        if (wanted.has(id)) kept.set(id, values.slice());
      },
    });
    runGraph(graph, calibration.samples[at] ?? new Map(), (name, float) => {
      const layer = layers.get(name);
      if (layer === undefined) return;
      const reals = new Float64Array(float.data.length);
      const add = (data: Float64Array, shape: readonly number[], by?: Int32Array): void =>
        walk(float.shape, broadcastStrides(shape, float.shape), 0, (position, offset) => {
          reals[position] = (reals[position] as number) + (data[offset] as number) * (by === undefined ? 1 : (by[position] as number));
        });
      for (const { tensor, map } of layer.value.terms) {
        invariant(map.kind === 'scale', 'traced values are settled');
        const { data, shape } = padded(map.factors, float.shape.length);
        add(data, shape, kept.get(tensor));
      }
      if (layer.value.bias !== undefined) add(layer.value.bias.data, layer.value.bias.shape);
      const sum = sums.get(layer.node) ?? { error: 0, power: 0 };
      sums.set(layer.node, sum);
      float.data.forEach((value, i) => {
        sum.error += (value - (reals[i] as number)) ** 2;
        sum.power += value * value;
      });
    });
  }
  return new Map([...sums].map(([node, { error, power }]) => [node, power === 0 ? Math.sqrt(error) : Math.sqrt(error / power)]));
}
