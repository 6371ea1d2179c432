import { sha256Hex, utf8ToBytes } from '../../../src/base/index.ts';
import type { CredentialSchema } from '../../../src/protocol/index.ts';
import { schemaHash } from '../credential.ts';
import { accumulatorRanges, type IntegerModel, modelHash, score, signedBits } from '../model.ts';
import type { Applicant } from './dataset.ts';
import { type Family, type FloatModel, type FoldModels, families, logitOf } from './float.ts';
import { byGroup, calibration, errorRates, type Scored } from './groups.ts';
import { inputVector, networkInputs } from './inputs.ts';
import { auc, deviation, logit, mean } from './metrics.ts';
import { compare, defaultProbability, distanceBound, probabilities, scaleTrials, thresholdOf } from './quantization.ts';
import { foldTests, recipes, variantOf } from './recipe.ts';
import { crossValidation, heldOut } from './split.ts';

/** Everything the card is worked out from; all of it is committed. */
export interface Evidence {
  readonly schema: CredentialSchema;
  readonly applicants: readonly Applicant[];
  /** The CSV as text. */
  readonly csv: string;
  readonly model: IntegerModel;
  readonly float: FloatModel;
  /** The logistic baseline trained on the same training rows. */
  readonly baseline: FloatModel;
  readonly folds: FoldModels;
}

const round = (value: number, digits = 4): number => Number(value.toFixed(digits));

/** Logits of the applicants of a test fold, by the model that did not see them; a list per fold. */
const outOfFold = ({ schema, applicants, folds }: Evidence, family: Family): { applicant: Applicant; logit: number }[][] => {
  const inputs = networkInputs(schema, variantOf(family));
  const tests = foldTests(applicants.map(({ good }) => good));
  return tests.map((test, fold) =>
    applicants.flatMap((applicant, i) => {
      const model = folds[family][fold];
      return test[i] && model !== undefined ? [{ applicant, logit: logitOf(model, inputVector(inputs, applicant)) }] : [];
    }),
  );
};

const crossValidated = (evidence: Evidence, family: Family) => {
  const scores = outOfFold(evidence, family).map((fold) =>
    auc(
      fold.map((each) => each.logit),
      fold.map(({ applicant }) => applicant.good),
    ),
  );
  return { folds: scores.length, mean: round(mean(scores)), deviation: round(deviation(scores)), lowest: round(Math.min(...scores)) };
};

const at = (applicant: Applicant, value: number, line: number): Scored => ({ applicant, logit: value, passes: value >= line });

/** In how many of 100 applicants one more step of a number raises or lowers the score, all else equal. */
function directions({ schema, applicants, model }: Evidence) {
  const inputs = model.inputs;
  const steps = { seniority: 1, time: 6, expenses: 5, income: 10, assets: 1, debt: 1, amount: 5, price: 5 } as const;
  return Object.entries(steps).map(([name, step]) => {
    const feature = schema.features.find((candidate) => candidate.name === name);
    const max = feature?.kind === 'number' ? feature.max : 0;
    const stated = applicants.filter(({ features }) => features[`${name}Stated`] !== 1 && (features[name] as number) + step <= max);
    const moves = stated.map((applicant) => {
      const more = { ...applicant, features: { ...applicant.features, [name]: (applicant.features[name] as number) + step } };
      return score(model, inputVector(inputs, more)) - score(model, inputVector(inputs, applicant));
    });
    const share = (wanted: (move: number) => boolean) => round(moves.filter(wanted).length / moves.length);
    return { feature: name, step, raises: share((move) => move > 0), lowers: share((move) => move < 0) };
  });
}

/** Of those who stated their income: the share whose score falls when they withhold it. */
function withheldIncomeLowers({ applicants, model }: Evidence): number {
  const stated = applicants.filter(({ features }) => features.incomeStated === 0);
  const falls = stated.filter((applicant) => {
    const withheld = { ...applicant, features: { ...applicant.features, income: 0, incomeStated: 1 } };
    return score(model, inputVector(model.inputs, withheld)) < score(model, inputVector(model.inputs, applicant));
  });
  return round(falls.length / stated.length);
}

const countNotStated = (applicants: readonly Applicant[]): Record<string, number> =>
  Object.fromEntries(
    [
      ['income', 'incomeStated', 1],
      ['assets', 'assetsStated', 1],
      ['debt', 'debtStated', 1],
      ['home', 'home', 6],
      ['job', 'job', 4],
      ['marital', 'marital', 5],
    ].map(([label, feature, code]) => [label, applicants.filter(({ features }) => features[feature as string] === code).length]),
  );

function quantization(evidence: Evidence, rows: { all: number[][]; good: boolean[]; training: number[][] }) {
  const { schema, model, float } = evidence;
  const comparison = compare(model, float, rows.all, rows.good);
  const ranges = accumulatorRanges(model, schema);
  const widths = (ranges[0] ?? []).map((range) => ({ ...range, bits: signedBits(range) }));
  const scores = (ranges.at(-1) ?? []).map((range) => ({ ...range, bits: signedBits(range) }));
  return {
    logitScale: model.logitScale,
    margin: model.margin,
    marginInLogits: round(model.margin / 2 ** model.logitScale),
    distanceBoundInLogits: round(distanceBound(model, float, schema) / 2 ** model.logitScale),
    aucFloat: round(comparison.aucFloat, 6),
    aucInteger: round(comparison.aucInteger, 6),
    thresholds: comparison.thresholds.map((each) => ({
      ...each,
      agreement: round(each.agreement, 6),
      furthest: round(each.furthest, 1),
    })),
    hidden: widths,
    score: scores[0],
    hiddenBits: widths.reduce((sum, { bits }) => sum + bits, 0),
    trials: scaleTrials(schema, networkInputs(schema, 'shipped'), float, rows).map((trial) => ({
      ...trial,
      aucDifference: round(trial.aucDifference, 6),
      lowestAgreement: round(trial.lowestAgreement, 6),
    })),
  };
}

/** Works out every figure of the card from the committed files alone, without training: the tests do it again and compare. */
export function evaluate(evidence: Evidence) {
  const { schema, applicants, model, float, baseline } = evidence;
  const good = applicants.map((applicant) => applicant.good);
  const held = heldOut(good);
  const inputs = networkInputs(schema, 'shipped');
  const all = applicants.map((applicant) => inputVector(inputs, applicant));
  const pick = <T>(items: readonly T[], part: boolean): T[] => items.filter((_, i) => held[i] === part);
  const aucOn = (part: boolean, value: (row: readonly number[]) => number) => round(auc(pick(all, part).map(value), pick(good, part)));
  const scale = 2 ** model.logitScale;
  const integerLogit = (row: readonly number[]): number => score(model, row) / scale;
  const line = logit(defaultProbability);

  const tested = pick(applicants, true).map((applicant) => at(applicant, integerLogit(inputVector(inputs, applicant)), line));
  const firstRepeat = outOfFold(evidence, 'mlp').slice(0, crossValidation.folds).flat();
  const validated = firstRepeat.map((each) => at(each.applicant, each.logit, line));
  const groups = (scored: readonly Scored[]) => ({
    all: errorRates(scored),
    age: byGroup(scored, schema, 'age'),
    home: byGroup(scored, schema, 'home'),
    marital: byGroup(scored, schema, 'marital'),
  });

  return {
    name: model.name,
    model: modelHash(model),
    schema: schemaHash(schema),
    data: {
      name: 'credit_data',
      source: 'R package modeldata 1.1.0 (Debian r-cran-modeldata 1.1.0-1)',
      licence: 'MIT',
      copyright: '2019 Max Kuhn, RStudio',
      sha256: sha256Hex(utf8ToBytes(evidence.csv)),
      rows: applicants.length,
      good: good.filter(Boolean).length,
      bad: good.filter((outcome) => !outcome).length,
      notStated: countNotStated(applicants),
    },
    split: { training: pick(good, false).length, heldOut: pick(good, true).length },
    architecture: {
      inputs: model.inputs.length,
      hidden: recipes.mlp.hidden,
      parameters: float.layers.reduce((sum, { weights, bias }) => sum + weights.flat().length + bias.length, 0),
      l2: recipes.mlp.l2,
    },
    auc: {
      crossValidation: Object.fromEntries(families.map((family) => [family, crossValidated(evidence, family)])) as Record<
        Family,
        ReturnType<typeof crossValidated>
      >,
      heldOut: {
        integer: aucOn(true, integerLogit),
        float: aucOn(true, (row) => logitOf(float, row)),
        logistic: aucOn(true, (row) => logitOf(baseline, row)),
      },
      training: { integer: aucOn(false, integerLogit), logistic: aucOn(false, (row) => logitOf(baseline, row)) },
    },
    policy: { probability: defaultProbability, threshold: thresholdOf(defaultProbability, model.logitScale) },
    thresholds: probabilities.map((probability) => {
      const scored = tested.map((each) => at(each.applicant, each.logit, logit(probability)));
      return { probability, threshold: thresholdOf(probability, model.logitScale), ...errorRates(scored) };
    }),
    quantization: quantization(evidence, { all, good, training: pick(all, false) }),
    calibration: { heldOut: calibration(tested), crossValidation: calibration(validated) },
    groups: { heldOut: groups(tested), crossValidation: groups(validated) },
    directions: directions(evidence),
    withheldIncomeLowers: withheldIncomeLowers(evidence),
  };
}
export type Figures = ReturnType<typeof evaluate>;
