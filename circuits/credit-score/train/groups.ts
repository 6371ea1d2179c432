import type { CredentialSchema } from '../../../src/protocol/index.ts';
import type { Applicant } from './dataset.ts';
import { sigmoid } from './metrics.ts';

/** One applicant with a logit by a model that was not trained on this applicant. */
export interface Scored {
  readonly applicant: Applicant;
  readonly logit: number;
  readonly passes: boolean;
}

export interface ErrorRates {
  readonly count: number;
  readonly good: number;
  readonly bad: number;
  readonly passed: number;
  readonly passRate: number;
  /** Good applicants who are refused, of the good. */
  readonly falseRefusal: number | null;
  /** Bad applicants who pass, of the bad. */
  readonly falsePass: number | null;
  /** Bad ones among those who pass. */
  readonly badAmongPassed: number | null;
}

const round = (value: number): number => Number(value.toFixed(4));
/** null where there is nobody to count. */
const share = (part: number, of: number): number | null => (of === 0 ? null : round(part / of));

export function errorRates(scored: readonly Scored[]): ErrorRates {
  const count = (wanted: (each: Scored) => boolean): number => scored.filter(wanted).length;
  const good = count(({ applicant }) => applicant.good);
  const bad = scored.length - good;
  const passed = count(({ passes }) => passes);
  const badPassed = count(({ applicant, passes }) => !applicant.good && passes);
  return {
    count: scored.length,
    good,
    bad,
    passed,
    passRate: round(passed / scored.length),
    falseRefusal: share(
      count(({ applicant, passes }) => applicant.good && !passes),
      good,
    ),
    falsePass: share(badPassed, bad),
    badAmongPassed: share(badPassed, passed),
  };
}

const ageBands = [
  [18, 25],
  [26, 35],
  [36, 45],
  [46, 55],
  [56, 127],
] as const;

/** Error rates by group. Groups without anybody are left out; small ones carry their counts, so that nobody reads much into them. */
export function byGroup(scored: readonly Scored[], schema: CredentialSchema, kind: 'age' | 'home' | 'marital') {
  const value = ({ applicant }: Scored) => applicant.features[kind] as number;
  const feature = schema.features.find(({ name }) => name === kind);
  const groups =
    feature?.kind === 'category'
      ? feature.values.map((group, code) => ({ group, min: code, max: code }))
      : ageBands.map(([min, max]) => ({ group: max === 127 ? `${min} and over` : `${min} to ${max}`, min, max }));
  return groups.flatMap(({ group, min, max }) => {
    const mine = scored.filter((each) => value(each) >= min && value(each) <= max);
    return mine.length === 0 ? [] : [{ group, ...errorRates(mine) }];
  });
}

/** Ten equal steps of the predicted chance of repaying: how many, the mean prediction, and how many were good. */
export const calibration = (scored: readonly Scored[]) =>
  Array.from({ length: 10 }, (_, step) => {
    const mine = scored
      .map(({ applicant, logit }) => ({ chance: sigmoid(logit), good: applicant.good }))
      .filter(({ chance }) => Math.min(9, Math.floor(chance * 10)) === step);
    const good = mine.filter((each) => each.good).length;
    const predicted = mine.reduce((sum, { chance }) => sum + chance, 0);
    return {
      from: step / 10,
      to: (step + 1) / 10,
      count: mine.length,
      predicted: share(predicted, mine.length),
      good: share(good, mine.length),
    };
  });
