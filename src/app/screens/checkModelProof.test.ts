import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { prove } from '../../../workers/transparent/prove.ts';
import { verifyModel } from '../../../workers/transparent/verify.ts';
import { ok } from '../../base/index.ts';
import { proofKernels } from '../../cli/models/kernels.ts';
import type { Client, ModelMade } from '../../client/index.ts';
import { encodeIntGraph, quantize } from '../../model/index.ts';
import { randomInput, randomNetwork } from '../../model/testing/random.test-util.ts';
import { must } from '../../vault/testing/samples.ts';
import { digitPicture, rasterise } from '../lab/digitPicture.ts';
import { DIGITS } from '../lab/testing/strokes.ts';
import { checkModelProof, isModelProof } from './checkModelProof.ts';

vi.mock('../../../workers/transparent/kernels.ts', () => ({ proofKernels: () => proofKernels(() => undefined) }));

const network = new Uint8Array(readFileSync(new URL('../../../circuits/digit-net/network.bin', import.meta.url)));
/** Of the client, only what this asks for. */
const client = {
  models: { digits: async () => ok({ network }) },
  transparent: {
    verifyModel: (bytes: Uint8Array, text: string) => ({ result: Promise.resolve(verifyModel(bytes, text, () => performance.now())) }),
  },
} as unknown as Client;
const options = { budget: 2 ** 30, onProgress: () => undefined, now: () => performance.now() };

let digit: ModelMade;
let other: ModelMade;
let otherNetwork: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  const input = digitPicture(rasterise(DIGITS[5] ?? [])) ?? new Float64Array(784);
  digit = must(await prove('model', { network, input }, options)).made;
  const graph = randomNetwork(3, 4, 6);
  const samples = Array.from({ length: 4 }, (_, i) => randomInput(graph, 3 + i));
  const made = must(quantize(graph, samples, { target: 10 }));
  otherNetwork = new Uint8Array(encodeIntGraph(made.network));
  other = must(await prove('model', { network: otherNetwork, input: Float64Array.from(samples[0]?.get('x')?.data ?? []) }, options)).made;
}, 120_000);
const code = async (value: unknown, own?: File) => {
  const result = await checkModelProof(client, JSON.stringify(value), own);
  return result.ok ? ('needs' in result.value ? 'needs' : 'ok') : result.error.code;
};

describe('checkModelProof', () => {
  it('checks what was proven of the digit net, and finds every change', async () => {
    const checked = must(await checkModelProof(client, JSON.stringify(digit.file)));
    if ('needs' in checked) throw new Error('it is the digit net');
    expect(checked.network).toBeUndefined();
    expect(checked.values[0]?.indexOf(Math.max(...(checked.values[0] ?? [])))).toBe(5);
    expect(await code({ ...digit.file, nonce: '00'.repeat(32) })).toBe('proof/invalid');
    expect(await code({ ...digit.file, v: 2 })).toBe('proof/version');
    expect(await code({ ...digit.file, extra: 1 })).toBe('proof/malformed');
    expect(await code({ ...digit.file, policy: { kind: 'class', index: 5 }, outputs: [] })).toBe('proof/program');
  });

  it('asks for a network it does not have, and takes only the one of that hash', async () => {
    expect(await code(other.file)).toBe('needs');
    const named = (bytes: Uint8Array<ArrayBuffer>) => new File([bytes], 'mine.bin');
    expect(await code(other.file, named(otherNetwork))).toBe('ok');
    expect(await code(other.file, named(network))).toBe('bundle/hash-mismatch');
    expect(await code({ ...other.file, nonce: '00'.repeat(32) }, named(otherNetwork))).toBe('proof/invalid');
    const large = { name: 'large.bin', size: 2 ** 31 } as File;
    expect(await code(other.file, large)).toBe('input/too-large');
  });

  it('knows such a file by what it says it is', () => {
    expect([JSON.stringify(digit.file), '{}', '[', 'null'].map(isModelProof)).toEqual([true, false, false, false]);
  });
});
