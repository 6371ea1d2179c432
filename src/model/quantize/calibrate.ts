// SPDX-License-Identifier: Apache-2.0
import { runGraph } from '../evaluate/float.ts';
import type { Graph } from '../graph.ts';
import { refuse } from '../refuse.ts';
import type { Tensor } from '../tensor.ts';

/** Extremes of one value over all samples, a channel (axis 1, where there is one) at a time. */
export interface Extremes {
  readonly min: Float64Array;
  readonly max: Float64Array;
}

export interface Calibration {
  readonly extremes: ReadonlyMap<string, Extremes>;
  /** The samples, each the graph's inputs by name. */
  readonly samples: readonly ReadonlyMap<string, Tensor>[];
  /** Float outputs of each sample. */
  readonly outputs: readonly (readonly Tensor[])[];
}

export const channelsOf = (shape: readonly number[]): number => (shape.length >= 2 ? (shape[1] as number) : 1);

function observe(extremes: Map<string, Extremes>, name: string, value: Tensor): void {
  const channels = channelsOf(value.shape);
  const entry = extremes.get(name) ?? {
    min: new Float64Array(channels).fill(Number.POSITIVE_INFINITY),
    max: new Float64Array(channels).fill(Number.NEGATIVE_INFINITY),
  };
  extremes.set(name, entry);
  const inner = value.data.length / (channels * (value.shape.length >= 2 ? (value.shape[0] as number) : 1));
  for (let i = 0; i < value.data.length; i++) {
    const c = Math.floor(i / inner) % channels;
    const x = value.data[i] as number;
    if (!Number.isFinite(x))
      refuse('model/calibration', { what: `a sample leads to a value that is not finite (${name.split('\u0000')[0]})` });
    if (x < (entry.min[c] as number)) entry.min[c] = x;
    if (x > (entry.max[c] as number)) entry.max[c] = x;
  }
}

/** Runs the samples through the float reference and keeps what quantisation needs. Refuses samples of a wrong shape. */
export function calibrate(graph: Graph, samples: readonly ReadonlyMap<string, Tensor>[]): Calibration {
  if (samples.length === 0) refuse('model/calibration', { what: 'there are none' });
  const extremes = new Map<string, Extremes>();
  const outputs = samples.map((sample) => runGraph(graph, sample, (name, value) => observe(extremes, name, value)));
  return { extremes, samples, outputs };
}
