// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeIntGraph, decodeOutput, encodeInput, importOnnx, intGraphHash, runGraph, runIntegers } from '../../src/model/index.ts';
import { locateModel } from '../models/index.ts';
import { DIGIT_NET } from './index.ts';
import { readDigits } from './train/digits.ts';

const file = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, import.meta.url)));
const card = JSON.parse(Buffer.from(file('card.json')).toString('utf8')) as {
  model: string;
  accuracyFloat: number;
  accuracyInteger: number;
};
const graph = importOnnx(file('digit-net.onnx'));
const network = decodeIntGraph(file('network.bin'));
const have = (await locateModel('mnist-digits')) !== undefined;

describe('the digit net', () => {
  it('is the network its card names, and good enough', () => {
    if (!network.ok) throw new Error(JSON.stringify(network.error));
    expect(intGraphHash(network.value)).toBe(card.model);
    expect(DIGIT_NET).toBe(card.model);
    expect(card.accuracyFloat).toBeGreaterThan(0.96);
    expect(card.accuracyInteger).toBeGreaterThan(card.accuracyFloat - 0.005);
  });

  it.skipIf(!have)('decides in integers as it does in float', async () => {
    if (!network.ok || !graph.ok) throw new Error('it does not read');
    const { test } = await readDigits();
    const [input, output] = [network.value.tensors[network.value.inputs[0] ?? 0], network.value.tensors[network.value.outputs[0] ?? 0]];
    const best = (values: ArrayLike<number>): number => Array.from(values).indexOf(Math.max(...Array.from(values)));
    let agree = 0;
    for (let i = 0; i < 60; i++) {
      const at = Math.floor((i * test.labels.length) / 60);
      const x = {
        dtype: 'float32' as const,
        shape: [1, 1, 28, 28],
        data: Float64Array.from(test.pixels.subarray(784 * at, 784 * (at + 1))),
      };
      const float = runGraph(graph.value, new Map([[graph.value.inputs[0] ?? '', x]]))[0]?.data ?? [];
      const integer = runIntegers(network.value, [encodeInput(x, input?.scale ?? 1)])[0] as Int32Array;
      if (best(float) === best(decodeOutput(integer, output?.shape ?? [], output?.scale ?? 1))) agree++;
    }
    expect(agree).toBeGreaterThanOrEqual(58);
  });
});
