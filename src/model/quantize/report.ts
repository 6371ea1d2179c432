// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../base/index.ts';
import { type IntGraph, type LookupNode, type Range, type Table, tensorSize } from '../intGraph.ts';
import { Refusal } from '../refuse.ts';
import type { OutputAccuracy } from './accuracy.ts';
import { type ProofCost, proofCost, sizes } from './cost.ts';
import type { Precision } from './lower.ts';
import { attemptPrecision, type LoweredGraph } from './lowerGraph.ts';
import { type Cut, margins, type Observed, settleDomains } from './tables.ts';

/** What one lookup layer is like. */
export interface LayerReport {
  readonly layer: string;
  readonly table: string;
  readonly activations: number;
  /** Proven bounds of the accumulator. */
  readonly proven: { readonly min: number; readonly max: number };
  /** Extremes over the samples. */
  readonly observed: { readonly min: number; readonly max: number };
  /** Spare bits to the table's edge over the samples; null where no input can reach it. */
  readonly marginBits: number | null;
  /** The same over the evaluation inputs; null also where there are none. */
  readonly evaluationMarginBits: number | null;
  /**
   * Float against integer: root mean square of the difference over that of the float values, on the first samples. Null where
   * the layer makes no value of the float graph (a step of a maximum or a softmax).
   */
  readonly relativeError: number | null;
  /** A function's table: the largest difference from the function between neighbouring levels in use. Null for a requantisation. */
  readonly tableError: number | null;
  /**
   * Whether some input could pass the last level and be cut there, and how many values were, over the samples and over the evaluation inputs.
   * Nowhere but in a network that cuts.
   */
  readonly cut: { readonly possible: boolean; readonly samples: number; readonly evaluation: number };
}

/** What an input takes, in real numbers. */
export interface InputReport {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Where the samples had multiples of one number only: that number. Nothing between is taken. */
  readonly step: number | null;
}

export interface QuantizeReport extends Precision {
  readonly inputs: readonly InputReport[];
  readonly total: boolean;
  /** What was asked of the outputs' error, and whether that is the looser target where nothing reached the closer one. */
  readonly target: { readonly relativeError: number | null; readonly loosened: boolean };
  /**
   * How many of the inputs tried were out of range, and the most that can be expected of inputs like them: the upper end of a one-sided 95 %
   * interval (Clopper and Pearson, Biometrika 26, 1934; 3 in n where none was). Over the evaluation inputs where there are some; the samples are what
   * the ranges were made from.
   */
  readonly refused: { readonly tried: number; readonly refused: number; readonly atMost: number; readonly over: 'samples' | 'evaluation' };
  readonly samples: number;
  readonly evaluationInputs: number;
  /** Evaluation inputs beside these that the range of an input itself refuses. */
  readonly evaluationOutOfRange: number;
  /** Relative root mean square error of each output over the samples, and the mean cosine. */
  readonly outputs: readonly OutputAccuracy[];
  readonly layers: readonly LayerReport[];
  readonly smallestMarginBits: number | null;
  readonly smallestEvaluationMarginBits: number | null;
  readonly largestAccumulatorBits: number;
  readonly activations: number;
  readonly macs: number;
  readonly parameters: number;
  readonly cost: ProofCost;
  /** What a total network costs beyond one that is not; null where this precision has none. */
  readonly totalExtra: { readonly lookups: number; readonly tableRows: number; readonly seconds: number } | null;
}

export interface Measured {
  readonly target: QuantizeReport['target'];
  readonly cut: Cut;
  readonly cutBeyond: Cut;
  readonly refused: Pick<QuantizeReport['refused'], 'tried' | 'refused' | 'over'>;
  readonly inputs: readonly InputReport[];
  readonly samples: number;
  readonly evaluationInputs: number;
  readonly evaluationOutOfRange: number;
  readonly outputs: readonly OutputAccuracy[];
  /** Extremes over the samples, and over the evaluation inputs. */
  readonly observed: Observed;
  readonly evaluated: Observed;
  /** Relative errors by lookup node. */
  readonly layerErrors: ReadonlyMap<number, number>;
}

const finite = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(2));
const least = (values: readonly (number | null)[]): number | null => {
  const known = values.flatMap((value) => (value === null ? [] : [value]));
  return known.length === 0 ? null : Math.min(...known);
};
const digits = (value: number | undefined): number | null => (value === undefined ? null : Number(value.toPrecision(3)));

/** Whether a lookup answers inputs that its last level cuts: its domain passes the levels, and something can lead there. */
function isCut(uncut: Range | undefined, { min, max }: Range, { tables }: IntGraph, node: LookupNode): boolean {
  const { domain } = tables[node.table] as Table;
  return uncut !== undefined && (Math.max(min, domain.min) < uncut.min || Math.min(max, domain.max) > uncut.max);
}

/** The largest share p at which `seen` or fewer of `tried` still have a chance of 5 %. */
function atMost(seen: number, tried: number): number {
  if (seen >= tried) return 1;
  const chance = (p: number): number => {
    let [term, sum] = [(1 - p) ** tried, 0];
    for (let i = 0; i <= seen; i++) {
      sum += term;
      term *= ((tried - i) / (i + 1)) * (p / (1 - p));
    }
    return sum;
  };
  let [low, high] = [0, 1];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (chance(middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** The report of a network whose domains are settled. */
export function reportOf(
  network: IntGraph,
  lowered: LoweredGraph,
  precision: Precision,
  total: boolean,
  measured: Measured,
): QuantizeReport {
  const [spare, further] = [margins(network, measured.observed), margins(network, measured.evaluated)];
  const layers = network.nodes.flatMap((node, index): LayerReport[] => {
    if (node.kind !== 'lookup') return [];
    const input = network.tensors[node.input];
    invariant(input !== undefined, 'lookups have inputs');
    return [
      {
        layer: node.name,
        table: network.tables[node.table]?.name ?? '',
        activations: tensorSize(input.shape),
        proven: input.range,
        observed: measured.observed.get(index) ?? { min: 0, max: 0 },
        marginBits: finite(spare.get(index)),
        evaluationMarginBits: measured.evaluationInputs === 0 ? null : finite(further.get(index)),
        relativeError: digits(measured.layerErrors.get(index)),
        tableError: digits(lowered.tableErrors.get(node.outputs[0] as number)),
        cut: {
          possible: isCut(lowered.uncut.get(index), input.range, network, node),
          samples: measured.cut.get(index) ?? 0,
          evaluation: measured.cutBeyond.get(index) ?? 0,
        },
      },
    ];
  });
  const reach = layers.reduce((most, { observed: seen }) => Math.max(most, -seen.min, seen.max), 1);
  const cost = proofCost(network);
  const other = attemptPrecision(() =>
    settleDomains(lowered.network, [measured.observed, measured.evaluated], !total, false, lowered.faithful),
  );
  const [wide, narrow] = other instanceof Refusal ? [] : total ? [cost, proofCost(other)] : [proofCost(other), cost];
  return {
    ...precision,
    inputs: measured.inputs,
    total,
    target: measured.target,
    refused: { ...measured.refused, atMost: Number(atMost(measured.refused.refused, measured.refused.tried).toPrecision(2)) },
    samples: measured.samples,
    evaluationInputs: measured.evaluationInputs,
    evaluationOutOfRange: measured.evaluationOutOfRange,
    outputs: measured.outputs,
    layers,
    smallestMarginBits: least(layers.map((layer) => layer.marginBits)),
    smallestEvaluationMarginBits: least(layers.map((layer) => layer.evaluationMarginBits)),
    largestAccumulatorBits: Number(Math.log2(reach).toFixed(2)),
    activations: layers.reduce((sum, layer) => sum + layer.activations, 0),
    ...sizes(network),
    cost,
    totalExtra:
      wide === undefined || narrow === undefined
        ? null
        : {
            lookups: wide.lookups - narrow.lookups,
            tableRows: wide.tableRows - narrow.tableRows,
            seconds: Number((wide.seconds - narrow.seconds).toFixed(3)),
          },
  };
}
