// What a proof is said to take in memory, against what the kernels hold: to the byte, over programs of every kind.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programs } from '../../bench/networks.ts';
import { err, type Hash32, type Result } from '../../src/base/index.ts';
import { CountingKernels, type Ext, type Kernels, vectorOfLength } from '../../src/field/index.ts';
import { quantize } from '../../src/model/index.ts';
import { randomInput, randomNetwork } from '../../src/model/testing/random.test-util.ts';
import { modelStatement, type Program, ProgramBuilder, rangeTable, type Witness } from '../../src/program/index.ts';
import { mixedProgram, seededBytes, tinyNet, twoLayerNet } from '../../src/program/testing/samples.ts';
import { planProgram, verifierBytes } from '../../src/protocol/transparent/index.ts';
import { proverBytes, proveTransparent } from '../../src/prove/transparent/index.ts';
import { type Setup, setup } from '../../src/prove/transparent/testing/bench.ts';
import { verifyTransparent } from '../../src/verify/transparent/index.ts';
import { type FastKernels, openKernels } from './index.ts';

const NONE = '00'.repeat(32) as Hash32;
let crews: readonly FastKernels[];

beforeAll(async () => {
  const target = join(mkdtempSync(join(tmpdir(), 'kernel-')), 'kernel.wasm');
  execFileSync(process.execPath, [new URL('./build.mjs', import.meta.url).pathname, target], { stdio: 'inherit' });
  const threads = readFileSync(target.replace('.wasm', '.threads.wasm'));
  crews = [
    await openKernels({ wasm: readFileSync(target) }),
    await openKernels({ wasm: threads, threads: 2 }),
    await openKernels({ wasm: threads, threads: 3 }),
  ];
}, 240_000);
afterAll(() => {
  for (const kernels of crews) kernels.close();
});

type Sample = { readonly program: Program; readonly witness: Witness };

/** A random network, or one of the benchmark's, with the values of an input. */
function network(seed: number): Sample {
  const graph = randomNetwork(seed, 1 + (seed % 8), 6);
  const samples = Array.from({ length: 4 }, (_, i) => randomInput(graph, seed + i));
  const made = quantize(graph, samples, { target: 10 });
  if (!made.ok) throw new Error(made.error.code);
  const { tensors, inputs } = made.value.network;
  const { range, shape } = tensors[inputs[0] ?? 0] ?? { range: { min: 0, max: 0 }, shape: [] };
  const middle = new Int32Array(shape.reduce((a, b) => a * b, 1)).fill(Math.round((range.min + range.max) / 2));
  const commitInput = seed % 2 === 1;
  const { program, witness } = modelStatement(`random ${seed}`, made.value.network, { commitInput, grinding: { lookup: 0, query: 8 } });
  const filled = witness([middle], commitInput ? [8, 7, 6, 5, 4, 3, 2, 1] : []);
  if (!filled.ok) throw new Error(filled.error.code);
  return { program, witness: filled.value };
}
function measured(name: string): Sample {
  const made = programs[name]?.();
  if (made === undefined) throw new Error(`the benchmark has ${name}`);
  const { program, witness } = modelStatement(name, made.graph, { grinding: { lookup: 0, query: 8 } });
  const filled = witness([made.input]);
  if (!filled.ok) throw new Error(filled.error.code);
  return { program, witness: filled.value };
}

/** The kernels of one thread, in a module that can have so many bytes. */
const bounded = (capacity: number): Kernels => Object.create(crews[0] as FastKernels, { capacity: { value: capacity } });

const proofOf = ({ plan, statement, witness }: Setup, kernels: Kernels): Result<Uint8Array> =>
  proveTransparent({ plan, statement, witness, kernels, random: seededBytes(5) });

describe('what a proof is said to take is what it takes, and what its check is said to take suffices', () => {
  test.each<readonly [string, () => Sample]>([
    ...[0, 1, 2, 3].map((seed) => [`two layers ${seed}`, () => twoLayerNet(seed)] as const),
    ...[1, 2].map((seed) => [`tiny ${seed}`, () => tinyNet(seed)] as const),
    ...[1, 2, 3].map((seed) => [`mixed ${seed}`, () => mixedProgram(seed)] as const),
    ...[1, 2, 3, 4, 6, 8, 11, 15, 17, 22].map((seed) => [`network ${seed}`, () => network(seed)] as const),
    ...['mlp 784-128-10', 'lenet5', 'conv 4k', 'conv 64k'].map((name) => [name, () => measured(name)] as const),
  ])('%s', (_, sample) => {
    const ready = setup(sample());
    for (const kernels of crews) {
      const made = proofOf(ready, kernels);
      if (!made.ok) throw new Error(made.error.code);
      expect(kernels.peak()).toBe(proverBytes(ready.plan, kernels.threads));
      expect(proverBytes(ready.plan)).toBeGreaterThanOrEqual(kernels.peak());
      expect(verifyTransparent({ ...ready, proof: made.value, kernels }).ok).toBe(true);
      expect(kernels.peak()).toBeLessThanOrEqual(verifierBytes(ready.plan));
    }
  });
});

test('a job beyond what the module can have is refused before anything is worked out, and one of exactly as much is done', () => {
  const ready = setup(twoLayerNet(1));
  const needed = proverBytes(ready.plan, 1);
  const untouched = { ...ready, witness: new Proxy({} as Witness, { get: () => expect.unreachable('the witness was read') }) };
  const refused = err('prove/memory', { needed: Math.ceil(needed / 1e6), limit: Math.floor((needed - 1) / 1e6) });
  expect(proofOf(untouched, bounded(needed - 1))).toEqual(refused);
  expect(proofOf(ready, bounded(needed)).ok).toBe(true);
});

test('programs of millions of lookups are counted at once, and told from those that a module cannot hold', () => {
  const [single] = crews as [FastKernels];
  const range = { min: 0, max: 255 };
  const about = [20, 22, 23].map((bits) => {
    const builder = new ProgramBuilder('long', ['y']);
    const x = builder.block('x', [2 ** bits], range);
    builder.ranged(x, rangeTable('byte', range));
    const plan = planProgram(builder.finish());
    const needed = proverBytes(plan, 1);
    const statement = { model: NONE, nonce: NONE, publics: [0] };
    const job = { plan, statement, witness: { blocks: [], publics: [0] }, kernels: bounded(2 ** 28), random: seededBytes(1) };
    const fits = needed <= 2 ** 28;
    if (!fits) expect(proveTransparent(job)).toEqual(err('prove/memory', { needed: Math.ceil(needed / 1e6), limit: 268 }));
    return { bytes: needed / 2 ** bits, fits };
  });
  expect(about.map(({ fits }) => fits)).toEqual([true, true, false]);
  // Bytes a lookup: 32 for half the leaves of the tree and what they are folded into, 4 committed, the rest for the shorter layers.
  for (const { bytes } of about) expect(Math.floor(bytes)).toBe(36);
  expect(single.capacity).toBeGreaterThan(2e9);
});

test('counting kernels hold what the fast ones hold, kernel by kernel', () => {
  const x: Ext = [1, 2, 3, 4];
  for (const fast of crews) {
    const counting = new CountingKernels(fast.threads);
    const both = (step: (kernels: Kernels, vector: (length: number) => Uint32Array) => void): readonly number[] =>
      ([fast, counting] as const).map((kernels) => {
        kernels.begin(1 << 24);
        step(kernels, (length) => (kernels === counting ? vectorOfLength(length) : new Uint32Array(length)));
        return kernels.peak();
      });
    const steps: readonly ((kernels: Kernels, vector: (length: number) => Uint32Array) => void)[] = [
      (k, v) =>
        void [1, 3, 4, 5, 1023, 1024, 1025].map((length) => [k.base(length, v(length)), k.planes(length), k.copy(k.planes(length, true))]),
      (k) =>
        void [0, 1, 2, 3, 10, 11].map((bits) =>
          k.eqTable(
            Array.from({ length: bits }, () => x),
            x,
          ),
        ),
      (k) => void k.copy(k.dropTop(k.fold(k.planes(64), x))),
      (k) => void k.copy(k.fold(k.planes(50), x, 32, k.planes(32))),
      (k, v) => void k.timesVector(k.base(12 * 7, v(12 * 7)), k.planes(7)),
      (k) => k.addEntries(k.planes(64), k.planes(64), { rows: new Uint32Array(9), cols: new Uint32Array(9), values: new Uint32Array(9) }),
      (k) => void [k.fractionUp({ p: undefined, q: k.planes(4) }), k.fractionUp({ p: k.planes(2048), q: k.planes(2048) })],
      (k) => void k.hash(new Uint8Array(1001), 70_003),
      (k) => void k.merkle(new Uint8Array(32 * 64)),
      (k, v) => void [k.encodeAt(k.base(8, v(8)), 5, [1, 2]), k.encodeAt(k.base(4, v(4)), 2, [1, 2])],
      ...[1, 300].map((rows) => (k: Kernels, v: (length: number) => Uint32Array) => {
        const base = (length: number) => k.base(length, v(length));
        const about = { body: base(rows * 8), rowLength: 8, tails: base(rows * 2), tailLength: 2, extra: [base(10)] };
        const mark = k.mark();
        const columns = k.commit(about, 5, new Uint8Array(32 * 32));
        k.release(mark);
        k.planes(100);
        columns.open([3, 4]);
      }),
    ];
    for (const step of steps) {
      const [held, counted] = both(step);
      expect(counted).toBe(held);
    }
    fast.end();
  }
});
