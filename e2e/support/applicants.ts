import { readFileSync } from 'node:fs';
import { encodeFeatures, modelInputs, parseIntegerModel, score } from '../../circuits/credit-score/index.ts';
import { parseCredentialSchema } from '../../src/protocol/index.ts';

// The shipped applicants and what the published model says about each: a test picks one who passes or one who does not.

interface Shipped {
  readonly policy: { readonly threshold: number };
  readonly applicants: readonly { readonly id: string; readonly label: string; readonly features: Readonly<Record<string, number>> }[];
}
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../circuits/credit-score/${name}`, import.meta.url), 'utf8'));

const parsed = parseCredentialSchema(read('schema.json'));
if (!parsed.ok) throw new Error(parsed.error.code);
export const schema = parsed.value;
const model = parseIntegerModel(read('model.json'), schema);
if (!model.ok) throw new Error(model.error.code);
const { margin } = model.value;
const shipped = read('applicants.json') as Shipped;

/** The name of the bundle that new requests use, as its manifest has it. */
const bundles = new URL('../../public/bundles/', import.meta.url);
const index = JSON.parse(readFileSync(new URL('index.json', bundles), 'utf8')) as { bundles: { statement: string; bundle: string }[] };
const current = index.bundles.find(({ statement }) => statement === 'credit-score')?.bundle;
export const bundleTitle = (JSON.parse(readFileSync(new URL(`${current}/manifest.json`, bundles), 'utf8')) as { title: string }).title;

/** What the demo partner asks for. */
export const { threshold } = shipped.policy;

export interface Applicant {
  readonly id: string;
  readonly label: string;
  readonly features: Readonly<Record<string, number>>;
  /** In schema order. */
  readonly coded: readonly number[];
  readonly score: number;
}

export const applicants: readonly Applicant[] = shipped.applicants.map(({ id, label, features }) => {
  const coded = encodeFeatures(schema, features);
  if (!coded.ok) throw new Error(coded.error.code);
  return { id, label, features, coded: coded.value, score: score(model.value, modelInputs(model.value, schema, coded.value)) };
});

const found = (what: string, applicant: Applicant | undefined): Applicant => {
  if (applicant === undefined) throw new Error(`no applicant ${what}`);
  return applicant;
};
export const passing = found(
  'passes',
  applicants.find((applicant) => applicant.score > threshold + margin),
);
export const failing = found(
  'fails',
  applicants.find((applicant) => applicant.score < threshold - margin),
);
