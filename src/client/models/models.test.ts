import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { open, run } from '../../../workers/models/run.ts';
import { digitPicture, rasterise } from '../../app/lab/digitPicture.ts';
import { DIGITS } from '../../app/lab/testing/strokes.ts';
import { err, ok, type Result } from '../../base/index.ts';
import { codeOf, must } from '../../vault/testing/samples.ts';
import { type FakeWorkers, fakeWorkers } from '../testing/workers.ts';
import { createModels } from './models.ts';
import type { Models, ModelsApi } from './types.ts';

const file = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../../../circuits/digit-net/${name}`, import.meta.url)));
const best = (values: readonly number[]): number => values.indexOf(Math.max(...values));
const picture = (digit: number) => digitPicture(rasterise(DIGITS[digit] ?? [])) ?? new Float64Array(784);

let models: Models;
let workers: FakeWorkers;
let answer: (path: string) => Result<Response>;
beforeEach(() => {
  answer = (path) => ok(new Response(file(path)));
  const api: ModelsApi = { ping: () => undefined, open: async (files) => open(files), run: async (input) => run(input) };
  workers = fakeWorkers(api);
  models = createModels({
    http: { raw: async (path) => answer(path) },
    spawn: workers.spawn,
    addresses: async () => ({ network: 'network.bin', float: 'digit-net.onnx' }),
  });
});
afterEach(() => models.close());

describe('models', () => {
  it('run as they are proven and as they were trained, and forget the input', async () => {
    const files = must(await models.digits());
    expect(must(await models.open(files)).inputShape).toEqual([1, 1, 28, 28]);
    for (const digit of [3, 7]) {
      const [output] = must(await models.run(picture(digit)));
      expect([best(output?.integers ?? []), best([...(output?.float ?? [])])]).toEqual([digit, digit]);
      expect(output?.values).toHaveLength(10);
    }
    const input = picture(3);
    must(run(input));
    expect(input.every((x) => x === 0)).toBe(true);
  });

  it('without the float network give the exact answer alone', async () => {
    must(await models.open({ network: file('network.bin') }));
    expect(must(await models.run(picture(1)))[0]?.float).toBeUndefined();
  });

  it('of another input or file are refused', async () => {
    expect(codeOf(await models.open({ network: file('digit-net.onnx') }))).toBe('model/integers-malformed');
    expect(codeOf(await models.open({ network: file('network.bin'), float: new Uint8Array(9) }))).toBe('model/malformed');
    expect(codeOf(await models.run(picture(1)))).toBe('model/missing');
    must(await models.open({ network: file('network.bin') }));
    expect(codeOf(await models.run(new Float64Array(783)))).toBe('model/input');
    expect(codeOf(await models.run(new Float64Array(784).fill(1e9)))).toBe('model/input-range');
  });

  it('shipped with the app are taken only by their hash', async () => {
    answer = () => err('network/offline');
    expect(codeOf(await models.digits())).toBe('bundle/missing');
    answer = () => err('verifier/unavailable');
    expect(codeOf(await models.digits())).toBe('bundle/download');
    answer = () => ok(new Response('', { status: 404 }));
    expect(codeOf(await models.digits())).toBe('bundle/download');
    answer = (path) => ok(new Response(path === 'network.bin' ? file(path).with(500, 1) : file(path)));
    expect(codeOf(await models.digits())).toBe('bundle/hash-mismatch');
    answer = (path) => ok(new Response(file(path)));
    expect(codeOf(await models.digits())).toBe('ok');
  });
});
