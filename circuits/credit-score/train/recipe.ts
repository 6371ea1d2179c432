import type { CredentialSchema } from '../../../src/protocol/index.ts';
import type { Applicant } from './dataset.ts';
import { type Family, type FloatModel, mapNumbers } from './float.ts';
import { fitDesign, foldDesign, inputVector, networkInputs, standardise, type Variant } from './inputs.ts';
import type { Training } from './network.ts';
import { crossValidation, stratifiedFolds } from './split.ts';

export const modelName = 'credit-mlp-8';

type Hyperparameters = Omit<Training, 'seed'>;
/** From a coarse search by cross-validation over all rows: 8 to 16 units (more gained under 0.001 AUC), penalties 0.003 to 0.02. */
export const recipes: Readonly<Record<'mlp' | 'logistic', Hyperparameters>> = {
  mlp: {
    hidden: 8,
    l2: 0.005,
    phases: [
      [300, 0.02],
      [100, 0.004],
    ],
  },
  logistic: {
    hidden: 0,
    l2: 0.001,
    phases: [
      [300, 0.02],
      [100, 0.004],
    ],
  },
};

const familyOf = {
  mlp: ['mlp', 'shipped'],
  logistic: ['logistic', 'shipped'],
  mlpAll: ['mlp', 'with-age-and-marital'],
  logisticAll: ['logistic', 'with-age-and-marital'],
} as const satisfies Record<Family, readonly ['mlp' | 'logistic', Variant]>;
export const variantOf = (family: Family): Variant => familyOf[family][1];

export type FitNetwork = (rows: readonly (readonly number[])[], good: readonly boolean[], training: Training) => FloatModel;

/** Trains one model of a family on some applicants. Imputation, means and deviations come from these applicants alone. */
export function trainOn(
  fitNetwork: FitNetwork,
  schema: CredentialSchema,
  applicants: readonly Applicant[],
  family: Family,
  seed: number,
): FloatModel {
  const [recipe, variant] = familyOf[family];
  const inputs = networkInputs(schema, variant);
  const rows = applicants.map((applicant) => inputVector(inputs, applicant));
  const design = fitDesign(schema, variant, rows);
  const model = fitNetwork(
    rows.map((row) => standardise(design, row)),
    applicants.map(({ good }) => good),
    { ...recipes[recipe], seed },
  );
  return foldDesign(design, model, inputs.length);
}

/** Which applicants each of the 25 fold models is tested on; it is trained on the others. Same order as the stored models. */
export const foldTests = (good: readonly boolean[]): boolean[][] =>
  crossValidation.seeds.flatMap((seed) => {
    const fold = stratifiedFolds(good, crossValidation.folds, seed);
    return Array.from({ length: crossValidation.folds }, (_, k) => fold.map((mine) => mine === k));
  });

const digits = (value: number): number => Number(value.toPrecision(6));

/** All fold models of a family, their numbers kept to six digits (and scored like that). */
export const crossValidate = (
  fitNetwork: FitNetwork,
  schema: CredentialSchema,
  applicants: readonly Applicant[],
  family: Family,
): FloatModel[] =>
  foldTests(applicants.map(({ good }) => good)).map((test, i) => {
    const training = applicants.filter((_, n) => test[n] === false);
    return mapNumbers(trainOn(fitNetwork, schema, training, family, 1000 + i), digits);
  });
