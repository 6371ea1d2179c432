import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web/wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseIntegerModel, score } from '../model.ts';
import { readTrained, rowsOf } from './artefacts.ts';
import { readApplicants, readJson, readSchema } from './dataset.ts';
import { networkInputs } from './inputs.ts';
import { fitNetwork, predict, startTensorflow } from './network.ts';

const schema = readSchema();
const { all, good } = rowsOf(readApplicants(schema));
const { mlp } = readTrained();
let session: ort.InferenceSession;

async function preview(rows: readonly (readonly number[])[]): Promise<number[]> {
  const columns = networkInputs(schema, 'shipped').length;
  const input = new ort.Tensor('float32', Float32Array.from(rows.flat()), [rows.length, columns]);
  const { logit } = await session.run({ input });
  return Array.from(logit?.data as Float32Array);
}

beforeAll(async () => {
  await startTensorflow();
  ort.env.wasm.numThreads = 1;
  session = await ort.InferenceSession.create(readFileSync(new URL('../preview.onnx', import.meta.url)));
});

describe('preview.onnx', () => {
  it('takes `input` and gives `logit`, one applicant at a time too', async () => {
    expect([session.inputNames, session.outputNames]).toEqual([['input'], ['logit']]);
    const first = all.slice(0, 3);
    const singly = [];
    for (const row of first) singly.push(...(await preview([row])));
    const together = await preview(first);
    singly.forEach((value, i) => {
      expect(value).toBeCloseTo(together[i] as number, 5);
    });
  });

  it('agrees with tfjs within 0.00001 logits and with the whole numbers within the margin, on all 4,454 rows', async () => {
    const model = parseIntegerModel(readJson('model.json'), schema);
    if (!model.ok) throw new Error('model.json');
    const { margin, logitScale } = model.value;
    const logits = await preview(all);
    const float = predict(mlp, all);
    expect(logits).toHaveLength(4454);
    expect(Math.max(...logits.map((value, i) => Math.abs(value - (float[i] as number))))).toBeLessThanOrEqual(1e-5);
    const whole = all.map((row) => score(model.value, row));
    expect(Math.max(...whole.map((value, i) => Math.abs(value - (logits[i] as number) * 2 ** logitScale)))).toBeLessThanOrEqual(margin);
  });
});

describe('training', () => {
  const training = { hidden: 3, l2: 0.01, phases: [[30, 0.05]] as const, seed: 5 };
  const rows = all.slice(0, 200).map((row) => row.map((value) => value / 100));

  it('gives the same bits for the same seed, and others for another', () => {
    const model = fitNetwork(rows, good.slice(0, 200), training);
    expect(fitNetwork(rows, good.slice(0, 200), training)).toEqual(model);
    expect(fitNetwork(rows, good.slice(0, 200), { ...training, seed: 6 })).not.toEqual(model);
    expect(model.layers.map(({ weights }) => [weights.length, weights[0]?.length])).toEqual([
      [3, 22],
      [1, 3],
    ]);
  });

  it('learns: more steps fit better', () => {
    const loss = (steps: number) => {
      const model = fitNetwork(rows, good.slice(0, 200), { ...training, phases: [[steps, 0.05]] });
      return predict(model, rows).reduce((sum, z, i) => sum + Math.log1p(Math.exp(good[i] ? -z : z)), 0);
    };
    expect(loss(60)).toBeLessThan(loss(1));
  });
});
