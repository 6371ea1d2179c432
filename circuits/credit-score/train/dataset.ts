import { readFileSync } from 'node:fs';
import { invariant } from '../../../src/base/index.ts';
import { type CredentialSchema, parseCredentialSchema } from '../../../src/protocol/index.ts';
import { encodeFeatures } from '../features.ts';

export const readText = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
export const readJson = (path: string): unknown => JSON.parse(readText(path));

export function readSchema(): CredentialSchema {
  const schema = parseCredentialSchema(readJson('schema.json'));
  invariant(schema.ok, 'schema.json is a credential schema');
  return schema.value;
}

export interface Applicant {
  /** Line of the CSV, counted from 1 after the header. */
  readonly row: number;
  /** Status "good". */
  readonly good: boolean;
  readonly features: Readonly<Record<string, number>>;
  /** The same in the schema's order. */
  readonly coded: readonly number[];
}

type Cells = Readonly<Record<string, string>>;

/** Reads R's write.csv: quoted text, bare numbers, NA; no commas or quotes occur inside the cells of this file. */
function parseCsv(text: string): Cells[] {
  const lines = text.trimEnd().split('\n');
  const cells = (line: string) => line.split(',').map((cell) => cell.replace(/^"(.*)"$/, '$1'));
  const names = cells(lines[0] as string);
  return lines.slice(1).map((line) => {
    const values = cells(line);
    invariant(values.length === names.length, 'every line has all columns');
    return Object.fromEntries(names.map((name, i) => [name, values[i] as string]));
  });
}

const words: Readonly<Record<string, readonly string[]>> = {
  Home: ['rent', 'owner', 'priv', 'ignore', 'parents', 'other', 'NA'],
  Marital: ['single', 'married', 'widow', 'separated', 'divorced', 'NA'],
  Records: ['no', 'yes'],
  Job: ['fixed', 'partime', 'freelance', 'others', 'NA'],
};

/**
 * The coding rule, which an issuer follows too: a category by its place in the schema; amounts in whole units of the
 * schema, rounded half up (assets in thousands, debt in hundreds, loan and price in tens); a number that is not stated is 0
 * and flagged by its `…Stated` feature. No value of the data lies outside the schema's ranges, so nothing is clipped.
 */
export function codeRow(cells: Cells): Record<string, number> {
  const cell = (name: string): string => {
    const text = cells[name];
    invariant(text !== undefined, `column ${name}`);
    return text;
  };
  const category = (name: string): number => {
    const code = words[name]?.indexOf(cell(name)) ?? -1;
    invariant(code >= 0, `${name}: a known word`);
    return code;
  };
  const stated = (name: string): number => Number(cell(name) === 'NA');
  const amount = (name: string, unit = 1): number => (stated(name) === 1 ? 0 : Math.round(Number(cell(name)) / unit));
  return {
    seniority: amount('Seniority'),
    home: category('Home'),
    time: amount('Time'),
    age: amount('Age'),
    marital: category('Marital'),
    records: category('Records'),
    job: category('Job'),
    expenses: amount('Expenses'),
    income: amount('Income'),
    incomeStated: stated('Income'),
    assets: amount('Assets', 1000),
    assetsStated: stated('Assets'),
    debt: amount('Debt', 100),
    debtStated: stated('Debt'),
    amount: amount('Amount', 10),
    price: amount('Price', 10),
  };
}

/** All 4,454 applicants; none is dropped. InvariantError when a coded value lies outside the schema. */
export function readApplicants(schema: CredentialSchema): Applicant[] {
  return parseCsv(readText('data/credit_data.csv')).map((cells, i) => {
    const features = codeRow(cells);
    const coded = encodeFeatures(schema, features);
    invariant(coded.ok, `row ${i + 1} follows the schema`);
    return { row: i + 1, good: cells.Status === 'good', features, coded: coded.value };
  });
}
