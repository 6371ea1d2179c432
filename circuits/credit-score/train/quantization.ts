import type { CredentialSchema } from '../../../src/protocol/index.ts';
import { accumulatorRanges, type IntegerModel, score, signedBits } from '../model.ts';
import { type FloatModel, logitOf } from './float.ts';
import type { Input } from './inputs.ts';
import { auc, logit } from './metrics.ts';
import { quantize } from './quantize.ts';
import { modelName } from './recipe.ts';

/** Chances of repaying at which a partner may draw the line; agreement is required at each of them. */
export const probabilities = [0.5, 0.6, 0.7, 0.8, 0.9] as const;
/** The line of the default policy. */
export const defaultProbability = 0.7;

export const required = { aucDifference: 0.005, agreement: 0.995 } as const;
const scales = [6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16] as const;

/** The score from which the model's chance of repaying is at least `probability`. */
export const thresholdOf = (probability: number, logitScale: number): number => Math.round(logit(probability) * 2 ** logitScale);

export interface Agreement {
  readonly probability: number;
  readonly threshold: number;
  /** Rows on which integer and float model decide differently, and the share on which they agree. */
  readonly disagreements: number;
  readonly agreement: number;
  /** How far the float score of such a row lies from the threshold at most, in score units. */
  readonly furthest: number;
}

export interface Comparison {
  readonly aucFloat: number;
  readonly aucInteger: number;
  /** Largest distance between integer score and float logit * 2^logitScale over the rows. */
  readonly distance: number;
  readonly thresholds: readonly Agreement[];
}

/** Integer against float over `rows`. */
export function compare(
  model: IntegerModel,
  float: FloatModel,
  rows: readonly (readonly number[])[],
  good: readonly boolean[],
): Comparison {
  const scale = 2 ** model.logitScale;
  const whole = rows.map((row) => score(model, row));
  const exact = rows.map((row) => logitOf(float, row) * scale);
  const thresholds = probabilities.map((probability) => {
    const threshold = thresholdOf(probability, model.logitScale);
    const apart = exact.filter((value, i) => value >= threshold !== (whole[i] as number) >= threshold);
    return {
      probability,
      threshold,
      disagreements: apart.length,
      agreement: 1 - apart.length / rows.length,
      furthest: Math.max(0, ...apart.map((value) => Math.abs(value - threshold))),
    };
  });
  const distance = Math.max(...whole.map((value, i) => Math.abs(value - (exact[i] as number))));
  return { aucFloat: auc(exact, good), aucInteger: auc(whole, good), distance, thresholds };
}

/** A margin for a comparison: the distance, rounded up, and one more unit for evaluating the float model in 32 bits. */
export const marginOf = ({ distance }: Comparison): number => Math.ceil(distance) + 1;

export interface ScaleTrial {
  readonly logitScale: number;
  /** Signed widths of the hidden sums over every input in range, added up: what the ReLUs cost; and the score's width. */
  readonly hiddenBits: number;
  readonly scoreBits: number;
  readonly aucDifference: number;
  readonly lowestAgreement: number;
  readonly accepted: boolean;
}

export interface Rows {
  /** Input vectors of all applicants, and which of them the model was trained on. */
  readonly all: readonly (readonly number[])[];
  readonly good: readonly boolean[];
  readonly training: readonly (readonly number[])[];
}

/** Every scale tried on the same float model: narrower sums cost fewer constraints, wider ones agree better. */
export const scaleTrials = (schema: CredentialSchema, inputs: readonly Input[], float: FloatModel, rows: Rows): ScaleTrial[] =>
  scales.map((logitScale) => {
    const model = quantize(modelName, schema, inputs, float, logitScale, rows.training);
    const { aucFloat, aucInteger, thresholds } = compare(model, float, rows.all, rows.good);
    const aucDifference = Math.abs(aucInteger - aucFloat);
    const lowestAgreement = Math.min(...thresholds.map(({ agreement }) => agreement));
    const ranges = accumulatorRanges(model, schema);
    return {
      logitScale,
      hiddenBits: (ranges[0] ?? []).reduce((sum, range) => sum + signedBits(range), 0),
      scoreBits: (ranges.at(-1) ?? []).reduce((sum, range) => sum + signedBits(range), 0),
      aucDifference,
      lowestAgreement,
      accepted: aucDifference <= required.aucDifference && lowestAgreement >= required.agreement,
    };
  });

/**
 * Largest possible distance between integer and float score over *every* input in range, not only the data: a ReLU never
 * widens the difference of its sums, so the differences of all units add up. Far wider than what applicants show.
 */
export function distanceBound(model: IntegerModel, float: FloatModel, schema: CredentialSchema): number {
  const scale = 2 ** model.logitScale;
  const [hidden, output] = model.layers;
  const [floatHidden, floatOutput] = float.layers;
  if (hidden === undefined || output === undefined) return 0;
  const weights = hidden.weights.map((row, k) => row.map((w, i) => w - (floatHidden?.weights[k]?.[i] as number) * scale));
  const bias = hidden.bias.map((b, k) => b - (floatHidden?.bias[k] as number) * scale);
  const [differences] = accumulatorRanges({ ...model, layers: [{ weights, bias, activation: 'identity' }] }, schema);
  const start = Math.abs((output.bias[0] as number) - (floatOutput?.bias[0] as number) * scale);
  return (differences ?? []).reduce((sum, { min, max }) => sum + Math.max(-min, max), start);
}
