import { describe, expect, it } from 'vitest';
import { sha256Hex, utf8ToBytes } from '../../../src/base/index.ts';
import { codeRow, readApplicants, readSchema, readText } from './dataset.ts';
import { fitDesign, inputVector, networkInputs, standardise } from './inputs.ts';
import { mean } from './metrics.ts';
import { foldTests } from './recipe.ts';
import { heldOut, stratifiedFolds } from './split.ts';

const schema = readSchema();
const applicants = readApplicants(schema);
const good = applicants.map((applicant) => applicant.good);

describe('credit_data.csv', () => {
  const csv = readText('data/credit_data.csv');

  it('is the file that was published, by its hash', () => {
    expect(sha256Hex(utf8ToBytes(csv))).toBe('2392f2e9d9ebe7eef1b40b7e3c13fff748783ad64b3ad5af7f04a17556842fd9');
    expect(readText('data/credit_data.csv.sha256')).toBe(`${sha256Hex(utf8ToBytes(csv))}  credit_data.csv\n`);
  });

  it('has 4,454 applicants, 13 features and the outcome, and comes with its licence', () => {
    const lines = csv.trimEnd().split('\n');
    expect(lines).toHaveLength(4455);
    expect(new Set(lines.map((line) => line.split(',').length))).toEqual(new Set([14]));
    expect(readText('data/NOTICE.md')).toMatch(/Copyright: 2019 Max Kuhn, RStudio[\s\S]*Permission is hereby granted, free of charge/);
  });
});

describe('coding', () => {
  it('keeps every row', () => {
    expect(applicants).toHaveLength(4454);
    expect(good.filter(Boolean)).toHaveLength(3200);
  });

  it('codes the first applicant of the file', () => {
    // "good",9,"rent",60,30,"married","no","freelance",73,129,0,0,800,846
    expect(applicants[0]).toMatchObject({ row: 1, good: true, coded: [9, 0, 60, 30, 1, 0, 2, 73, 129, 0, 0, 0, 0, 0, 80, 85] });
  });

  const cells = { Seniority: '1', Home: 'NA', Time: '12', Age: '30', Marital: 'NA', Records: 'no', Job: 'NA', Expenses: '35' };
  const amounts = { Income: 'NA', Assets: 'NA', Debt: 'NA', Amount: '204', Price: '1255' };

  it('says unknown where a value is missing: a category of its own, or 0 and a flag', () => {
    expect(codeRow({ ...cells, ...amounts })).toMatchObject({
      ...{ home: 6, marital: 5, job: 4, income: 0, incomeStated: 1, assets: 0, assetsStated: 1, debt: 0, debtStated: 1 },
      ...{ amount: 20, price: 126 },
    });
    expect(codeRow({ ...cells, ...amounts, Income: '0', Assets: '0', Debt: '0' })).toMatchObject({
      incomeStated: 0,
      assetsStated: 0,
      debtStated: 0,
    });
  });

  it('refuses a word or a column it does not know', () => {
    expect(() => codeRow({ ...cells, ...amounts, Home: 'castle' })).toThrow('Home');
    expect(() => codeRow({ ...cells })).toThrow('column');
  });
});

describe('splits', () => {
  it('give every fold the same share of good outcomes, and never change', () => {
    const folds = stratifiedFolds(good, 5, 7);
    const shares = [0, 1, 2, 3, 4].map((k) => mean(good.filter((_, i) => folds[i] === k).map(Number)));
    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThan(0.002);
    expect(stratifiedFolds(good, 5, 7)).toEqual(folds);
    expect(stratifiedFolds(good, 5, 8)).not.toEqual(folds);
  });

  it('test every row once in each of the five repeats', () => {
    const tests = foldTests(good);
    expect(tests).toHaveLength(25);
    for (let repeat = 0; repeat < 5; repeat++) {
      const times = good.map((_, i) => tests.slice(5 * repeat, 5 * repeat + 5).filter((test) => test[i]).length);
      expect(times.every((count) => count === 1)).toBe(true);
    }
  });

  it('hold out a fifth', () => {
    expect(heldOut(good).filter(Boolean)).toHaveLength(891);
  });
});

describe('design', () => {
  const inputs = networkInputs(schema, 'shipped');
  const rows = applicants.map((applicant) => inputVector(inputs, applicant));

  it('imputes the median of its own rows and nobody else’s', () => {
    const place = inputs.findIndex(({ feature }) => feature === 'income');
    const few = rows.slice(0, 99).map((row) => row.map((value, i) => (i === place ? 7 : value)));
    const imputed = fitDesign(schema, 'shipped', few).columns.find((column) => column.inputs[0] === place)?.imputed;
    expect(imputed?.value).toBe(7);
    expect(inputs[imputed?.flag ?? -1]).toEqual({ feature: 'incomeStated', kind: 'is', value: 1 });
  });

  it('standardises its rows', () => {
    const design = fitDesign(schema, 'shipped', rows);
    const columns = rows.map((row) => standardise(design, row));
    expect(design.columns).toHaveLength(17);
    design.columns.forEach((_, c) => {
      const values = columns.map((row) => row[c] as number);
      expect(mean(values)).toBeCloseTo(0, 9);
      expect(mean(values.map((value) => value ** 2))).toBeCloseTo(1, 2);
    });
  });
});
