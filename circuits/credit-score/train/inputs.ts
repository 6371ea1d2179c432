import { invariant } from '../../../src/base/index.ts';
import type { CredentialSchema } from '../../../src/protocol/index.ts';
import type { IntegerModel } from '../model.ts';
import type { Applicant } from './dataset.ts';
import type { FloatModel } from './float.ts';
import { deviation, mean, median } from './metrics.ts';

export type Input = IntegerModel['inputs'][number];

/** A number that may be missing, and the input that says so. */
const flags: Readonly<Record<string, string>> = { income: 'incomeStated', assets: 'assetsStated', debt: 'debtStated' };

/**
 * What training sees of one input or a group of them: the sum of some inputs, plus, for a number that is not stated, its
 * median over the training rows (imputation). Since it is linear, it is folded into the first layer afterwards, so the
 * integer model reads raw coded features and imputes by itself.
 */
interface Column {
  readonly inputs: readonly number[];
  readonly imputed?: { readonly flag: number; readonly value: number };
}

interface Group {
  readonly feature: string;
  /** For a category: the words that share one column; the words in no group are the reference. */
  readonly values?: readonly string[];
}

const groups: readonly Group[] = [
  { feature: 'seniority' },
  { feature: 'home', values: ['owner'] },
  { feature: 'home', values: ['private'] },
  { feature: 'home', values: ['parents'] },
  // Too few to learn from one by one (20, 319 and 6 applicants): they share one weight.
  { feature: 'home', values: ['ignore', 'other', 'unknown'] },
  { feature: 'time' },
  { feature: 'records', values: ['yes'] },
  { feature: 'job', values: ['part-time'] },
  { feature: 'job', values: ['freelance'] },
  { feature: 'job', values: ['other', 'unknown'] },
  { feature: 'expenses' },
  { feature: 'income' },
  // Not stating the income is common (381) and informative, so it has a weight of its own beyond the imputation.
  { feature: 'incomeStated', values: ['no'] },
  { feature: 'assets' },
  { feature: 'debt' },
  { feature: 'amount' },
  { feature: 'price' },
];

/** Left out of the shipped model (the card says why); trained with as well, to measure what leaving them out costs. */
const protectedGroups: readonly Group[] = [
  { feature: 'age' },
  ...['single', 'widowed', 'separated', 'divorced'].map((value) => ({ feature: 'marital', values: [value] })),
];

export type Variant = 'shipped' | 'with-age-and-marital';
const groupsOf = (variant: Variant): readonly Group[] => (variant === 'shipped' ? groups : [...groups, ...protectedGroups]);

const inputName = (input: Input): string => (input.kind === 'number' ? input.feature : `${input.feature}=${input.value}`);

const codeOf = (schema: CredentialSchema, name: string, word: string): number => {
  const feature = schema.features.find((candidate) => candidate.name === name);
  invariant(feature?.kind === 'category', `${name} is a category`);
  const code = feature.values.indexOf(word);
  invariant(code >= 0, `${name}: ${word} is a value`);
  return code;
};

/** The inputs of the network, in the order of the groups; a flag that only imputes comes right after its number. */
export function networkInputs(schema: CredentialSchema, variant: Variant): Input[] {
  const list = groupsOf(variant).flatMap(({ feature, values }): Input[] => {
    if (values !== undefined) return values.map((word) => ({ feature, kind: 'is', value: codeOf(schema, feature, word) }));
    const flag = flags[feature];
    const number: Input = { feature, kind: 'number' };
    return flag === undefined ? [number] : [number, { feature: flag, kind: 'is', value: codeOf(schema, flag, 'no') }];
  });
  return list.filter((input, i) => list.findIndex((other) => inputName(other) === inputName(input)) === i);
}

export const inputVector = (inputs: readonly Input[], applicant: Applicant): number[] =>
  inputs.map((input) => {
    const value = applicant.features[input.feature] as number;
    return input.kind === 'number' ? value : Number(value === input.value);
  });

/** Columns, means and deviations as fitted on the training rows alone. */
export interface Design {
  readonly columns: readonly Column[];
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

const columnValue = (column: Column, x: readonly number[]): number =>
  column.inputs.reduce((sum, i) => sum + (x[i] as number), 0) +
  (column.imputed === undefined ? 0 : column.imputed.value * (x[column.imputed.flag] as number));

export function fitDesign(schema: CredentialSchema, variant: Variant, training: readonly (readonly number[])[]): Design {
  const names = networkInputs(schema, variant).map(inputName);
  const place = (input: Input) => names.indexOf(inputName(input));
  const columns = groupsOf(variant).map(({ feature, values }): Column => {
    if (values !== undefined) {
      return { inputs: values.map((word) => place({ feature, kind: 'is', value: codeOf(schema, feature, word) })) };
    }
    const at = place({ feature, kind: 'number' });
    const flagName = flags[feature];
    if (flagName === undefined) return { inputs: [at] };
    const flag = place({ feature: flagName, kind: 'is', value: codeOf(schema, flagName, 'no') });
    return { inputs: [at], imputed: { flag, value: median(training.filter((x) => x[flag] === 0).map((x) => x[at] as number)) } };
  });
  const values = columns.map((column) => training.map((x) => columnValue(column, x)));
  return { columns, mean: values.map(mean), deviation: values.map(deviation) };
}

/** Standardised columns of one input vector. */
export const standardise = (design: Design, x: readonly number[]): number[] =>
  design.columns.map((column, c) => (columnValue(column, x) - (design.mean[c] as number)) / (design.deviation[c] as number));

/** The same network on raw inputs: imputation, grouping and standardisation become part of its first layer. */
export function foldDesign(design: Design, model: FloatModel, inputs: number): FloatModel {
  const [first, ...rest] = model.layers;
  invariant(first !== undefined, 'a layer');
  const weights = first.weights.map((row) => {
    const raw = new Array<number>(inputs).fill(0);
    row.forEach((weight, c) => {
      const column = design.columns[c] as Column;
      const slope = weight / (design.deviation[c] as number);
      for (const i of column.inputs) raw[i] = (raw[i] as number) + slope;
      if (column.imputed !== undefined) raw[column.imputed.flag] = (raw[column.imputed.flag] as number) + slope * column.imputed.value;
    });
    return raw;
  });
  const bias = first.bias.map((b, k) =>
    (first.weights[k] as readonly number[]).reduce(
      (sum, weight, c) => sum - (weight * (design.mean[c] as number)) / (design.deviation[c] as number),
      b,
    ),
  );
  return { layers: [{ weights, bias }, ...rest] };
}
