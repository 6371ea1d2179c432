import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Ext, type Kernels, listExt, P, PlainKernels, type Planes } from '../../src/field/index.ts';
import { mixedProgram, seeded, seededBytes, twoLayerNet } from '../../src/program/testing/samples.ts';
import { runProver } from '../../src/prove/transparent/prover.ts';
import { setup } from '../../src/prove/transparent/testing/bench.ts';
import { type FastKernels, loadKernels } from './index.ts';

let fast: FastKernels;

beforeAll(async () => {
  const target = join(mkdtempSync(join(tmpdir(), 'kernel-')), 'kernel.wasm');
  execFileSync(process.execPath, [new URL('./build.mjs', import.meta.url).pathname, target], { stdio: 'inherit' });
  fast = await loadKernels(readFileSync(target));
}, 120_000);

const edges = [0, 1, P - 1, P - 2, (P - 1) / 2, 2 ** 24, 2 ** 31 - 2 ** 25];
/** Random, all p - 1 (the lazy accumulators' worst case), and edge values mixed. */
const fills = (seed: number): readonly (() => number)[] => {
  const next = seeded(seed);
  return [() => next() % P, () => P - 1, () => edges[next() % edges.length] ?? 0];
};

/** Runs the same steps on both and compares what they read. */
function both<T>(
  steps: (kernels: Kernels, vector: (values: readonly Ext[]) => Planes, base: (values: readonly number[]) => Uint32Array) => T,
): void {
  const run = (kernels: Kernels): T => {
    kernels.begin(1 << 22);
    const vector = (values: readonly Ext[]): Planes => {
      const v = kernels.planes(values.length);
      values.forEach((x, i) => {
        kernels.addAt(v, i, x);
      });
      return v;
    };
    const result = steps(kernels, vector, (values) => kernels.base(values.length, Uint32Array.from(values)));
    kernels.end();
    return result;
  };
  expect(run(fast)).toEqual(run(new PlainKernels()));
}

const read = (kernels: Kernels, v: Planes): Ext[] => Array.from({ length: v.length }, (_, i) => kernels.getAt(v, i));

describe.each([0, 1, 2])('filling %i', (which) => {
  const make = fills(which + 7)[which] ?? (() => 0);
  const ext = (): Ext => [make(), make(), make(), make()];
  const exts = (n: number): Ext[] => Array.from({ length: n }, ext);
  const felts = (n: number): number[] => Array.from({ length: n }, make);

  test.each([2, 4, 8, 16, 64, 2048])('folds and sums of length %i', (n) => {
    const [a, b, r] = [exts(n), exts(n), ext()];
    both((k, vector) => read(k, k.fold(vector(a), r)));
    both((k, vector) => [...read(k, k.fold(vector(a), r, n / 2, k.planes(n / 2))), ...read(k, vector(a))]);
    both((k, vector) => read(k, k.dropTop(vector(a))));
    both((k, vector) => k.innerRound(vector(a), vector(b)));
    both((k, vector) => read(k, k.copy(vector(a))));
  });
  test.each([2, 4, 8, 32, 512])('fraction and product rounds of length %i', (n) => {
    const [p0, p1, q0, q1, e, lambda] = [exts(n), exts(n), exts(n), exts(n), exts(n / 2), ext()];
    both((k, vector) => k.fractionRound(vector(p0), vector(p1), vector(q0), vector(q1), vector(e), lambda));
    both((k, vector) => k.fractionRound(undefined, undefined, vector(q0), vector(q1), vector(e), lambda));
    both((k, vector) => k.productRound(vector(p0), vector(p1), vector(q0), vector(e)));
    both((k, vector) => {
      const up = k.fractionUp({ p: vector(p0), q: vector(q0) });
      return [up.p === undefined ? [] : read(k, up.p), read(k, up.q)];
    });
    both((k, vector) => {
      const up = k.fractionUp({ p: undefined, q: vector(q0) });
      return [up.p === undefined ? [] : read(k, up.p), read(k, up.q)];
    });
  });
  test.each([
    [1, 1],
    [3, 5],
    [4, 4],
    [7, 9],
    [27, 16],
    [130, 33],
    [516, 70],
  ])('a dense matrix of width %i and %i rows', (width, height) => {
    const [a, m] = [exts(width), felts(width * height)];
    both((k, vector, base) => read(k, k.timesVector(base(m), vector(a))));
  });
  test.each([1, 3, 4, 7, 130])('a sparse matrix with %i columns', (n) => {
    const [a, b] = [exts(n), exts(2 * n)];
    // Columns hit more than once, in any order, and edge values among the entries.
    const entries = {
      rows: Uint32Array.from({ length: 3 * n }, (_, e) => (7 * e) % (2 * n)),
      cols: Uint32Array.from({ length: 3 * n }, (_, e) => (5 * e + 1) % n),
      values: Uint32Array.from(felts(3 * n), (x, e) => [x, 0, 1, 0x7f000000][e % 4] ?? x),
    };
    both((k, vector) => {
      const v = vector(a);
      k.addEntries(v, vector(b), entries);
      return read(k, v);
    });
    for (const name of ['rows', 'cols'] as const) {
      const outside = { ...entries, [name]: entries[name].with(3 * n - 1, name === 'rows' ? 2 * n : n) };
      expect(() => fast.addEntries(fast.planes(n), fast.planes(2 * n), outside)).toThrow('addEntries');
    }
  });
  test.each([1, 3, 4, 7, 130, 1027])('any length: %i', (n) => {
    const [a, b, w, s, c] = [exts(n), exts(n), felts(n), ext(), ext()];
    both((k, vector, base) => k.dotBase(vector(a), base(w)));
    both((k, vector) => k.dot(vector(a), vector(b)));
    both((k, vector, base) => {
      const v = vector(a);
      k.addScaledBase(v, base(w), s);
      return read(k, v);
    });
    both((k, vector) => {
      const v = vector(a);
      k.addScaled(v, vector(b), s);
      return read(k, v);
    });
    both((k, vector, base) => {
      const v = vector(a);
      k.affine(v, c, [s, c], [base(w), base(w)]);
      return read(k, v);
    });
    both((k, _, base) => Array.from(k.readBase(base(w))));
    for (const columns of [0, 1, 2, 3])
      both((k, vector, base) => {
        const v = vector(a);
        k.affine(
          v,
          c,
          [s, c, s].slice(0, columns),
          Array.from({ length: columns }, () => base(w)),
        );
        return read(k, v);
      });
    both((k) => Array.from(k.readBase(k.base(n, (canonical) => void canonical.set(w)))));
    // Halves of any length, and vectors that end before the second half does.
    for (const half of [n, Math.ceil(n / 2), Math.ceil((3 * n) / 4)]) {
      both((k, vector) => read(k, k.fold(vector(a), s, half)));
      both((k, vector) => read(k, k.fold(vector(a), s, half, k.planes(half))));
    }
  });
  test.each([1, 3, 4, 16])('outer products of 5 and %i', (n) => {
    const [target, high, low] = [exts(5 * n), exts(5).map((x, i): Ext => (i === 2 ? [0, 0, 0, 0] : x)), exts(n)];
    both((k, vector) => {
      const v = vector(target);
      k.addOuter(v, vector(high), vector(low));
      return read(k, v);
    });
  });
  test('eq tables', () => {
    for (let bits = 0; bits <= 9; bits++) {
      const point = exts(bits);
      both((k) => read(k, k.eqTable(point, [3, 1, 4, 1])));
    }
  });
  test.each([
    [1, 8, 3, 5],
    [3, 16, 7, 6],
    [6, 64, 33, 8],
    [250, 8, 3, 5],
    [520, 8, 2, 4],
  ])('commitment to %i rows of %i + %i on 2^%i points', (rows, length, tail, logSize) => {
    const salts = new Uint8Array(32 * 2 ** logSize);
    seededBytes(rows)(salts);
    const [body, tails, extra] = [
      felts(rows * length),
      felts(rows * tail),
      Array.from({ length: 12 }, (_, i) => felts(length + tail - (i % 5))),
    ];
    both((k, _, base) => {
      const columns = k.commit(
        { body: base(body), rowLength: length, tails: base(tails), tailLength: tail, extra: extra.map(base) },
        logSize,
        salts,
      );
      return [String(columns.leaves), columns.open([0, 1, 2 ** logSize - 1]).map((c) => Array.from(c)), String(k.merkle(columns.leaves))];
    });
  });
  test('neighbours of a short slice stay as they are', () => {
    const a = exts(16);
    both((k, vector) => {
      const v = vector(a);
      k.fold({ ...v, length: 2 }, [5, 6, 7, 8]);
      return read(k, v).slice(2);
    });
  });
});

test('BLAKE3 of every length around blocks, chunks and subtrees', () => {
  for (const length of [0, 1, 63, 64, 65, 1023, 1024, 1025, 2048, 2049, 4096, 4097, 5120, 8191, 8193, 31 * 1024 + 7, 70_000]) {
    const bytes = new Uint8Array(length);
    seededBytes(length + 1)(bytes);
    both((k) => String(k.hash(bytes)));
    both((k) => String(k.hash(bytes, 3 * length + 1)));
  }
});

test('code words at chosen points', () => {
  const row = Array.from({ length: 300 }, (_, i) => (i * 7919) % P);
  for (const logSize of [2, 9, 12])
    both((k, _, base) => {
      const inner = (): number[] => {
        const mark = k.mark();
        const values = k.encodeAt(base(logSize === 2 ? row.slice(0, 3) : row), logSize, [0, 1, 2, 2 ** logSize - 1]);
        k.release(mark);
        return Array.from(values);
      };
      // Twice: what the first call left behind must not be used after it was given back.
      return [inner(), inner()];
    });
});

test('grinding finds the least nonce', () => {
  const seed = new Uint8Array(32).map((_, i) => 3 * i);
  for (const bits of [0, 1, 5, 11]) both((k) => k.grind(seed, bits));
});

test.each([
  ['two layers', twoLayerNet(1)],
  ['two layers, grinding', twoLayerNet(3, 9, 4, 1, { lookup: 4, query: 9 })],
  ['mixed', mixedProgram(2)],
])('the same randomness gives the same proof, byte by byte: %s', (_, sample) => {
  const ready = setup(sample);
  const prove = (kernels: Kernels): string => {
    const made = runProver({ ...ready, kernels, random: seededBytes(5) }, {});
    if (!made.ok) throw new Error(made.error.code);
    return String(made.value.proof);
  };
  expect(prove(fast)).toBe(prove(new PlainKernels()));
});

test('a job leaves nothing behind and a hundred of them need no more memory than one', () => {
  const ready = setup(twoLayerNet(1));
  const peaks = Array.from({ length: 20 }, () => {
    runProver({ ...ready, kernels: fast, random: seededBytes(9) }, {});
    return fast.peak();
  });
  expect(new Set(peaks).size).toBe(1);
  fast.begin(1 << 20);
  expect(
    listExt(fast.planes(64))
      .flat()
      .every((x) => x === 0),
  ).toBe(true);
});
