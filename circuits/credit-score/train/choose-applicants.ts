import { invariant } from '../../../src/base/index.ts';
import type { CredentialSchema } from '../../../src/protocol/index.ts';
import { schemaHash } from '../credential.ts';
import { type IntegerModel, score } from '../model.ts';
import type { Applicant } from './dataset.ts';
import { inputVector } from './inputs.ts';
import { sigmoid } from './metrics.ts';
import { defaultProbability, thresholdOf } from './quantization.ts';

interface Slot {
  /** Predicted chance of repaying, from (inclusive) and to (exclusive). */
  readonly from: number;
  readonly to: number;
  readonly good: boolean;
  readonly incomeStated?: boolean;
}

/** Clearly above the default line, around it on both sides, below; both outcomes everywhere, since no model is always right. */
const slots: readonly Slot[] = [
  { from: 0.9, to: 1, good: true },
  { from: 0.9, to: 1, good: true },
  { from: 0.9, to: 1, good: false },
  { from: 0.8, to: 0.9, good: true },
  { from: 0.8, to: 0.9, good: false },
  { from: 0.7, to: 0.74, good: true },
  { from: 0.7, to: 0.74, good: false },
  { from: 0.66, to: 0.7, good: true },
  { from: 0.66, to: 0.7, good: false },
  { from: 0.3, to: 0.6, good: true },
  { from: 0.3, to: 0.6, good: false },
  { from: 0, to: 0.3, good: false, incomeStated: false },
];

const homes: Readonly<Record<string, string>> = {
  rent: 'renting',
  owner: 'home owner',
  private: 'private housing',
  ignore: 'home not known',
  parents: 'living with parents',
  other: 'other home',
  unknown: 'home not known',
};

/**
 * The applicants whom the demo issuer may attest: held-out rows, one per slot, of as many kinds of home and decades of age as
 * there are; among equals the lowest row. No names: the data set has none.
 */
export function chooseApplicants(schema: CredentialSchema, model: IntegerModel, heldOut: readonly Applicant[]) {
  const home = schema.features.find(({ name }) => name === 'home');
  invariant(home?.kind === 'category', 'home is a category');
  const chosen: Applicant[] = [];
  const homeOf = ({ features }: Applicant) => features.home as number;
  const ageOf = ({ features }: Applicant) => features.age as number;
  const chance = (applicant: Applicant) => sigmoid(score(model, inputVector(model.inputs, applicant)) / 2 ** model.logitScale);
  const familiar = (applicant: Applicant) =>
    chosen.filter((other) => homeOf(other) === homeOf(applicant)).length +
    chosen.filter((other) => Math.floor(ageOf(other) / 10) === Math.floor(ageOf(applicant) / 10)).length;
  for (const slot of slots) {
    const fits = heldOut.filter((applicant) => {
      const p = chance(applicant);
      const stated = (applicant.features.incomeStated === 0) === (slot.incomeStated ?? true);
      return stated && p >= slot.from && p < slot.to && applicant.good === slot.good && !chosen.includes(applicant);
    });
    const best = [...fits].sort((a, b) => familiar(a) - familiar(b) || a.row - b.row)[0];
    invariant(best !== undefined, 'an applicant for every slot');
    chosen.push(best);
  }
  return {
    format: 'tacit-applicants',
    v: 1,
    schema: schemaHash(schema),
    about:
      'Real applicants of the data set credit_data whom the shipped model was not trained on. Rows count from 1 in data/credit_data.csv.',
    policy: {
      threshold: thresholdOf(defaultProbability, model.logitScale),
      meaning: `The model's estimate of the chance of repaying is at least ${defaultProbability * 100} %.`,
    },
    applicants: chosen.map((applicant) => ({
      id: `applicant-${applicant.row}`,
      label: `Applicant ${applicant.row}, ${ageOf(applicant)} years, ${homes[home.values[homeOf(applicant)] as string]}`,
      row: applicant.row,
      outcome: applicant.good ? 'good' : 'bad',
      features: applicant.features,
    })),
  };
}
