// What happens when the prover itself fails: a wrong proof is never written, and a machine out of memory says so.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type * as Prover from '../../prove/transparent/prover.ts';
import { tacit } from '../testing/index.ts';

const fault: { now: 'none' | 'flip' | 'memory' } = { now: 'none' };
vi.mock('../../prove/transparent/prover.ts', async (original) => {
  const real = await original<typeof Prover>();
  return {
    ...real,
    proveTransparent: (job: Parameters<typeof real.proveTransparent>[0]) => {
      if (fault.now === 'memory') throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
      const made = real.proveTransparent(job);
      if (made.ok && fault.now === 'flip') made.value[made.value.length - 1] = (made.value.at(-1) ?? 0) ^ 1;
      return made;
    },
  };
});

const digits = fileURLToPath(new URL('../../../circuits/digit-net', import.meta.url));
let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tacit-self-check-'));
  await writeFile(join(dir, 'x.json'), JSON.stringify(Array.from({ length: 784 }, (_, i) => (i % 9) / 9)));
});
afterAll(() => rm(dir, { recursive: true }));

it.each([
  ['flip', 'proof/self-check'],
  ['memory', 'device/memory'],
] as const)(
  '%s: %s, and nothing is written',
  async (kind, code) => {
    fault.now = kind;
    const files = ['--out', join(dir, 'proof.json'), '--save-opening', join(dir, 'opening.json')];
    const { exit, out } = await tacit(dir, 'prove', digits, '--input', join(dir, 'x.json'), ...files, '--quiet', '--json');
    expect([exit, JSON.parse(out).error.code]).toEqual([2, code]);
    expect(await readdir(dir)).toEqual(['x.json']);
  },
  60_000,
);
