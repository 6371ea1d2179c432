// A process that proves often keeps nothing of the proofs before: the kernels' memory and threads are given back, however a proof ends.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { FastKernels } from '../../../workers/kernel/index.ts';
import { err, ok } from '../../base/index.ts';
import { tacit } from '../testing/index.ts';
import { withProofKernels } from './kernels.ts';

const digits = fileURLToPath(new URL('../../../circuits/digit-net', import.meta.url));
const begun = new Set<FastKernels>();
const closed: FastKernels[] = [];
let dir = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tacit-kernels-'));
  await writeFile(join(dir, 'x.json'), JSON.stringify(Array.from({ length: 784 }, (_, i) => (i % 9) / 9)));
});
afterAll(() => rm(dir, { recursive: true }));
beforeEach(() => {
  begun.clear();
  closed.length = 0;
  const { begin, close } = FastKernels.prototype;
  vi.spyOn(FastKernels.prototype, 'begin').mockImplementation(function (this: FastKernels, bytes) {
    begun.add(this);
    begin.call(this, bytes);
  });
  vi.spyOn(FastKernels.prototype, 'close').mockImplementation(function (this: FastKernels) {
    closed.push(this);
    close.call(this);
  });
});
afterEach(() => vi.restoreAllMocks());

it('every proof of the command line closes the kernels that it opened', async () => {
  for (let i = 0; i < 3; i++) {
    const made = await tacit(dir, 'prove', digits, '--input', join(dir, 'x.json'), '--out', join(dir, 'proof.json'), '--quiet', '--json');
    expect(made.exit).toBe(0);
  }
  expect([begun.size, closed.length]).toEqual([3, 3]);
  // No toEqual of the kernels themselves: their memory would be compared.
  expect(closed.every((kernels) => begun.has(kernels))).toBe(true);
}, 60_000);

it('they are closed after a refusal and after a fault too', async () => {
  const say = () => undefined;
  expect(await withProofKernels(say, () => ok(1))).toEqual(ok(1));
  expect(await withProofKernels(say, () => err('device/memory'))).toEqual(err('device/memory'));
  await expect(withProofKernels(say, () => Promise.reject(new Error('fault')))).rejects.toThrow('fault');
  expect(closed).toHaveLength(3);
});
