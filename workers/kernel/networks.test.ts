import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeInput, quantize } from '../../src/model/index.ts';
import { randomInput, randomNetwork } from '../../src/model/testing/random.test-util.ts';
import { modelStatement } from '../../src/program/index.ts';
import { prove, setup, verdict } from '../../src/prove/transparent/testing/bench.ts';
import { type FastKernels, loadKernels } from './index.ts';

let kernels: FastKernels;

beforeAll(async () => {
  const target = join(mkdtempSync(join(tmpdir(), 'kernel-')), 'kernel.wasm');
  execFileSync(process.execPath, [new URL('./build.mjs', import.meta.url).pathname, target], { stdio: 'inherit' });
  kernels = await loadKernels(readFileSync(target));
}, 120_000);

describe('whole quantised networks, proven on the fast kernels, accepted by both verifiers', () => {
  test.each([1, 2, 3, 5, 7, 10, 13, 20])('network %i', (seed) => {
    const graph = randomNetwork(seed, 1 + (seed % 8), 6);
    const samples = Array.from({ length: 4 }, (_, i) => randomInput(graph, seed + i));
    const result = quantize(graph, samples, { target: 10 });
    const real = samples[0]?.get('x');
    if (!result.ok || real === undefined) throw new Error('the network quantises');
    const { network } = result.value;
    const tensor = network.tensors[network.inputs[0] ?? 0];
    if (tensor === undefined) throw new Error('a network has an input');
    const input = encodeInput(real, tensor.scale).map((v) => Math.max(tensor.range.min, Math.min(tensor.range.max, v)));
    const commitInput = seed % 2 === 1;
    const { program, witness } = modelStatement(`random ${seed}`, network, { commitInput, grinding: { lookup: 0, query: 8 } });
    const made = witness([input], commitInput ? [8, 7, 6, 5, 4, 3, 2, 1] : []);
    if (!made.ok) throw new Error(made.error.code);
    const ready = setup({ program, witness: made.value });
    const proof = prove(ready, {}, kernels);
    expect(verdict(ready, proof)).toBe('accepted');
    const publics = made.value.publics.map((x, i) => (i === 0 ? (x + 1) % 0x7f000001 : x));
    const lie = { ...ready, witness: { ...made.value, publics }, statement: { ...ready.statement, publics } };
    expect(verdict(lie, prove(lie, { force: true }, kernels))).toBe('proof/invalid');
  });
});
