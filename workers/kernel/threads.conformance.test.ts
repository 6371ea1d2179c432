import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programs } from '../../bench/networks.ts';
import { type Ext, type Kernels, P, PlainKernels, type Planes } from '../../src/field/index.ts';
import { modelStatement, type Program, type Witness } from '../../src/program/index.ts';
import { mixedProgram, seeded, seededBytes, twoLayerNet } from '../../src/program/testing/samples.ts';
import { runProver } from '../../src/prove/transparent/prover.ts';
import { type Setup, setup } from '../../src/prove/transparent/testing/bench.ts';
import { type FastKernels, openKernels } from './index.ts';

let single: FastKernels;
let double: FastKernels;
let triple: FastKernels;
let ended = 0;
let empty = '';
let threadsWasm: Uint8Array<ArrayBuffer>;

/** 65,536 activations: enough for every kernel to be shared, and for a tree that makes its lowest layer twice. */
function convolutions(): { readonly program: Program; readonly witness: Witness } {
  const made = programs['conv 64k']?.();
  if (made === undefined) throw new Error('the benchmark has this network');
  const { program, witness } = modelStatement('conv', made.graph, { grinding: { lookup: 0, query: 8 } });
  const filled = witness([made.input]);
  if (!filled.ok) throw new Error(filled.error.code);
  return { program, witness: filled.value };
}

beforeAll(async () => {
  const target = join(mkdtempSync(join(tmpdir(), 'kernel-')), 'kernel.wasm');
  await promisify(execFile)(process.execPath, [new URL('./build.mjs', import.meta.url).pathname, target]);
  threadsWasm = new Uint8Array(readFileSync(target.replace('.wasm', '.threads.wasm')));
  const threads = threadsWasm;
  single = await openKernels({ wasm: readFileSync(target) });
  double = await openKernels({ wasm: threads, threads: 2 });
  triple = await openKernels({ wasm: threads, threads: 3 });
  empty = left(double);
}, 240_000);

afterAll(() => {
  double.close();
  triple.close();
});

/** The whole memory as text, up to the last byte that is not zero: after a job it is what it was before any. */
const left = (kernels: FastKernels): string => {
  const bytes = Buffer.from((kernels as unknown as { memory: WebAssembly.Memory }).memory.buffer);
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.toString('base64', 0, end);
};

const proofOf = (ready: Setup, kernels: Kernels, seed = 5): string => {
  const made = runProver({ ...ready, kernels, random: seededBytes(seed) }, {});
  if (!made.ok) throw new Error(made.error.code);
  return Buffer.from(made.value.proof).toString('base64');
};

test('there are as many threads as were asked for', () => {
  expect([single.threads, double.threads, triple.threads]).toEqual([1, 2, 3]);
});

describe('any number of threads gives the same bits', () => {
  const edges = [0, 1, P - 1, P - 2, 2 ** 24];
  test.each([0, 1, 2])('kernels on vectors long enough to be shared, filling %i', (filling) => {
    const next = seeded(filling + 3);
    const make = (): number => (filling === 0 ? next() % P : filling === 1 ? P - 1 : (edges[next() % edges.length] ?? 0));
    const ext = (): Ext => [make(), make(), make(), make()];
    // No multiple of the lanes times the threads.
    const n = 2 * 12_300;
    const [a, b, c, d, w] = Array.from({ length: 5 }, () => Uint32Array.from({ length: 4 * n }, make)) as [
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
    ];
    const [r, s] = [ext(), ext()];
    const run = (kernels: Kernels): string => {
      kernels.begin(64 << 20);
      const vector = (values: Uint32Array, length = n): Planes => {
        const v = kernels.planes(length);
        [0, 1, 2, 3].forEach((j) => {
          const basis = [0, 0, 0, 0] as unknown as [number, number, number, number];
          basis[j] = 1;
          kernels.addScaledBase(v, kernels.base(length, values.subarray(j * n, j * n + length)), basis);
        });
        return v;
      };
      const digest = (v: Planes): Ext => kernels.dot(v, vector(d, v.length));
      const out: unknown[] = [];
      const base = kernels.base(n, w.subarray(0, n));
      out.push(kernels.dotBase(vector(a), base), kernels.dot(vector(a), vector(b)));
      out.push(kernels.fractionRound(vector(a), vector(b), vector(c), vector(d), vector(a, n / 2), r));
      out.push(kernels.fractionRound(undefined, undefined, vector(c), vector(d), vector(a, n / 2), r));
      out.push(kernels.productRound(vector(a), vector(b), vector(c), vector(d, n / 2)), kernels.innerRound(vector(a), vector(b)));
      out.push(digest(kernels.fold(vector(a), r)), digest(kernels.fold(vector(a), r, n / 2, kernels.planes(n / 2, true))));
      out.push(digest(kernels.fold(vector(a), r, n - 5)), digest(kernels.dropTop(vector(b))));
      const up = kernels.fractionUp({ p: vector(a), q: vector(b) });
      out.push(digest(up.p ?? up.q), digest(up.q), digest(kernels.fractionUp({ p: undefined, q: vector(c) }).q));
      const v = vector(b);
      kernels.affine(v, r, [s, r, s], [base, base, base]);
      out.push(digest(v));
      kernels.addScaled(v, vector(c), s);
      kernels.addOuter(v, vector(d, 300), vector(a, 80));
      out.push(digest(v), digest(kernels.eqTable(Array.from({ length: 15 }, ext0), s)));
      kernels.end();
      return JSON.stringify(out);
    };
    const ext0 = (_: unknown, i: number): Ext => [i + 3, i, 7, P - 1 - i];
    const expected = run(single);
    expect(run(double)).toBe(expected);
    expect(run(triple)).toBe(expected);
    if (filling === 0) expect(run(new PlainKernels())).toBe(expected);
  });

  test.each([
    ['two layers', () => twoLayerNet(1)],
    ['mixed', () => mixedProgram(2)],
    ['convolutions', convolutions],
  ])('proofs with the same randomness: %s', (_, sample) => {
    const ready = setup(sample());
    const expected = proofOf(ready, single);
    expect(proofOf(ready, double)).toBe(expected);
    expect(proofOf(ready, triple)).toBe(expected);
  });
});

test('a hundred proofs in a row take no more memory than one, and a job leaves nothing behind', () => {
  const ready = setup(twoLayerNet(1));
  const pages = (): number => (double as unknown as { memory: WebAssembly.Memory }).memory.buffer.byteLength;
  proofOf(ready, double);
  const [peak, before] = [double.peak(), pages()];
  for (let i = 0; i < 100; i++) {
    proofOf(ready, double, i);
    expect(double.peak()).toBe(peak);
  }
  expect(pages()).toBe(before);
  expect(left(double)).toBe(empty);
}, 120_000);

test.each([
  ['one thread', () => single],
  ['three threads', () => triple],
])('a proof that others than the owner worked on leaves nothing behind: %s', (_, kernels) => {
  proofOf(setup(convolutions()), kernels());
  expect(left(kernels())).toBe(empty);
});

test('a consumed witness is overwritten and gives the same proof', () => {
  const sample = twoLayerNet(4);
  const ready = setup(sample);
  const expected = proofOf(ready, single);
  const arrays = [...sample.witness.blocks];
  const made = runProver({ ...ready, consume: true, kernels: single, random: seededBytes(5) }, {});
  expect(made.ok && Buffer.from(made.value.proof).toString('base64')).toBe(expected);
  expect(arrays.every((cells) => cells.every((x) => x === 0))).toBe(true);
  expect(ready.witness.blocks.length).toBe(0);
});

test('where helpers cannot be started the owner works alone; a closed crew is ended', async () => {
  const wasm = threadsWasm;
  const refused = await openKernels({
    wasm,
    threads: 2,
    startHelper: () => {
      throw new Error('no threads');
    },
  });
  expect(refused.threads).toBe(1);
  const silent = await openKernels({
    wasm,
    threads: 2,
    startHelper: ({ control }) => {
      Atomics.store(new Int32Array(control), 2, 1);
      return { end: () => void ended++ };
    },
  });
  silent.close();
  expect(ended).toBe(1);
});
