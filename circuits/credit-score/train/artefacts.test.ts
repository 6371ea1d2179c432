import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeFeatures } from '../features.ts';
import { modelInputs, parseIntegerModel, score } from '../model.ts';
import { makeArtefacts, readTrained, rowsOf } from './artefacts.ts';
import { readApplicants, readJson, readSchema } from './dataset.ts';
import { logitOf } from './float.ts';
import { fitDesign, foldDesign, inputVector, networkInputs, standardise } from './inputs.ts';
import { sigmoid } from './metrics.ts';
import { compare, distanceBound, marginOf, probabilities } from './quantization.ts';
import { unitOutputs } from './quantize.ts';

const schema = readSchema();
const applicants = readApplicants(schema);
const trained = readTrained();
const rows = rowsOf(applicants);
const { files, figures } = makeArtefacts(trained);

function committedModel() {
  const model = parseIntegerModel(readJson('model.json'), schema);
  if (!model.ok) throw new Error(JSON.stringify(model.error));
  return model.value;
}
const model = committedModel();

describe('the committed files', () => {
  it('are seven', () => {
    expect(files.size).toBe(7);
  });

  it.each([...files.keys()])('%s follows from the committed float weights and the CSV, to the byte', (path) => {
    const committed = readFileSync(new URL(`../${path}`, import.meta.url));
    expect(committed.equals(files.get(path) ?? new Uint8Array())).toBe(true);
  });
});

describe('the shipped model', () => {
  const comparison = compare(model, trained.mlp, rows.all, rows.good);

  it('comes of a family with a cross-validated AUC of at least 0.82, above the logistic baseline', () => {
    const { mlp, logistic } = figures.auc.crossValidation;
    expect(mlp.folds).toBe(25);
    expect(mlp.mean).toBeGreaterThanOrEqual(0.82);
    expect(mlp.mean).toBeGreaterThan(logistic.mean);
    expect(figures.auc.heldOut.integer).toBeGreaterThanOrEqual(0.82);
  });

  it('loses less than 0.005 AUC to whole numbers', () => {
    expect(Math.abs(comparison.aucInteger - comparison.aucFloat)).toBeLessThanOrEqual(0.005);
  });

  it('decides as the float model does on 99.5 % of all rows at every threshold, and differs only within the margin', () => {
    expect(comparison.thresholds.map(({ probability }) => probability)).toEqual([...probabilities]);
    for (const { agreement, furthest } of comparison.thresholds) {
      expect(agreement).toBeGreaterThanOrEqual(0.995);
      expect(furthest).toBeLessThanOrEqual(model.margin);
    }
  });

  it('states a margin that holds on every row, is no larger than it must be, and lies within the proven bound', () => {
    expect(model.margin).toBe(marginOf(comparison));
    expect(distanceBound(model, trained.mlp, schema)).toBeGreaterThanOrEqual(comparison.distance);
  });

  it('sends each applicant through the statement’s own functions to the same score as training does', () => {
    for (const applicant of applicants.slice(0, 500)) {
      const coded = encodeFeatures(schema, applicant.features);
      expect(coded.ok && score(model, modelInputs(model, schema, coded.value))).toBe(score(model, inputVector(model.inputs, applicant)));
    }
  });
});

describe('folding', () => {
  it('keeps the function: a standardised network and its folded, unit-output form agree on all rows', () => {
    const design = fitDesign(schema, 'shipped', rows.training);
    const inputs = networkInputs(schema, 'shipped').length;
    const hidden = { weights: [0.3, -0.2].map((w) => design.columns.map((_, c) => w * Math.cos(c))), bias: [0.1, 0.4] };
    const network = { layers: [hidden, { weights: [[0.7, -1.3]], bias: [0.9] }] };
    const folded = unitOutputs(foldDesign(design, network, inputs));
    for (const row of rows.all) expect(logitOf(folded, row)).toBeCloseTo(logitOf(network, standardise(design, row)), 4);
  });
});

describe('applicants.json', () => {
  interface Listed {
    policy: { threshold: number };
    applicants: { id: string; label: string; row: number; outcome: string; features: Record<string, number> }[];
  }
  const { policy, applicants: listed } = readJson('applicants.json') as Listed;
  const passes = listed.map(({ features }) => {
    const coded = encodeFeatures(schema, features);
    return coded.ok && score(model, modelInputs(model, schema, coded.value)) >= policy.threshold;
  });

  it('lists applicants of the file whom training did not see, under the outcome they had', () => {
    expect(listed).toHaveLength(12);
    for (const { row, features, outcome } of listed) {
      expect(rows.heldOut[row - 1]).toBe(true);
      expect(applicants[row - 1]?.features).toEqual(features);
      expect(outcome).toBe(applicants[row - 1]?.good ? 'good' : 'bad');
    }
    expect(new Set(listed.map(({ id }) => id)).size).toBe(12);
  });

  it('has passes and fails of both outcomes, and the first one passes', () => {
    const kinds = new Set(listed.map(({ outcome }, i) => `${outcome} ${passes[i]}`));
    expect(kinds).toEqual(new Set(['good true', 'bad true', 'good false', 'bad false']));
    expect(passes[0]).toBe(true);
  });

  it('draws the default line at a chance of 70 %', () => {
    expect(policy.threshold).toBe(figures.policy.threshold);
    expect(sigmoid(policy.threshold / 2 ** model.logitScale)).toBeCloseTo(0.7, 4);
  });
});
