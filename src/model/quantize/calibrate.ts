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

/**
 * How many inputs like the samples the extremes are to hold for. A few samples reach less far than the inputs to come, and what
 * lies beyond a channel's last level is cut: on faces that cost more than coarser levels do.
 */
const FORESEEN = 1000;
/** Fewer samples say too little about how extremes spread. */
const LEAST_SAMPLES = 8;

export const channelsOf = (shape: readonly number[]): number => (shape.length >= 2 ? (shape[1] as number) : 1);

/** Sums of the samples' own extremes and of their squares, a channel: min, min², max, max². */
type Spread = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

function observe(extremes: Map<string, Extremes>, spreads: Map<string, Spread>, name: string, value: Tensor): void {
  const channels = channelsOf(value.shape);
  const entry = extremes.get(name) ?? {
    min: new Float64Array(channels).fill(Number.POSITIVE_INFINITY),
    max: new Float64Array(channels).fill(Number.NEGATIVE_INFINITY),
  };
  extremes.set(name, entry);
  const own = {
    min: new Float64Array(channels).fill(Number.POSITIVE_INFINITY),
    max: new Float64Array(channels).fill(Number.NEGATIVE_INFINITY),
  };
  const inner = value.data.length / (channels * (value.shape.length >= 2 ? (value.shape[0] as number) : 1));
  for (let i = 0; i < value.data.length; i++) {
    const c = Math.floor(i / inner) % channels;
    const x = value.data[i] as number;
    if (!Number.isFinite(x))
      refuse('model/calibration', { what: `a sample leads to a value that is not finite (${name.split('\u0000')[0]})` });
    if (x < (own.min[c] as number)) own.min[c] = x;
    if (x > (own.max[c] as number)) own.max[c] = x;
  }
  const zeros = (): Float64Array => new Float64Array(channels);
  const spread: Spread = spreads.get(name) ?? [zeros(), zeros(), zeros(), zeros()];
  spreads.set(name, spread);
  const add = (sums: Float64Array, c: number, part: number): void => {
    sums[c] = (sums[c] as number) + part;
  };
  for (let c = 0; c < channels; c++) {
    const [least, most] = [own.min[c] as number, own.max[c] as number];
    entry.min[c] = Math.min(entry.min[c] as number, least);
    entry.max[c] = Math.max(entry.max[c] as number, most);
    add(spread[0], c, least);
    add(spread[1], c, least * least);
    add(spread[2], c, most);
    add(spread[3], c, most * most);
  }
}

/**
 * Moves extremes out to what the largest of {@link FORESEEN} inputs is expected to reach, if the samples' own extremes follow a
 * Gumbel law (Gumbel, Statistics of Extremes, 1958): mean + √6/π (ln N - γ) standard deviations. A bound that all samples share
 * (a clamp, a sigmoid) has no spread and stays; a sign that no sample has stays away.
 */
function foresee({ min, max }: Extremes, [least, leastSquares, most, mostSquares]: Spread, samples: number): void {
  const far = (Math.sqrt(6) / Math.PI) * (Math.log(FORESEEN) - 0.5772);
  const reach = (sum: number, squares: number): readonly [number, number] => {
    const mean = sum / samples;
    return [mean, far * Math.sqrt(Math.max(0, squares - samples * mean * mean) / (samples - 1))];
  };
  for (let c = 0; c < min.length; c++) {
    const [low, below] = reach(least[c] as number, leastSquares[c] as number);
    const [high, above] = reach(most[c] as number, mostSquares[c] as number);
    if ((min[c] as number) < 0) min[c] = Math.min(min[c] as number, low - below);
    if ((max[c] as number) > 0) max[c] = Math.max(max[c] as number, high + above);
  }
}

/**
 * Runs the samples through the float reference and keeps what quantisation needs. Refuses samples of a wrong shape. `plain`: the
 * extremes are those of the samples themselves. `onSample` hears the number of the sample before it runs, from 1.
 */
export function calibrate(
  graph: Graph,
  samples: readonly ReadonlyMap<string, Tensor>[],
  plain = false,
  onSample: (at: number) => void = () => {},
): Calibration {
  if (samples.length === 0) refuse('model/calibration', { what: 'there are none' });
  const extremes = new Map<string, Extremes>();
  const spreads = new Map<string, Spread>();
  const outputs = samples.map((sample, at) => {
    onSample(at + 1);
    return runGraph(graph, sample, (name, value) => observe(extremes, spreads, name, value));
  });
  if (!plain && samples.length >= LEAST_SAMPLES)
    for (const [name, own] of extremes) foresee(own, spreads.get(name) as Spread, samples.length);
  return { extremes, samples, outputs };
}
