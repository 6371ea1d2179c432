// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromSigned, inv, P, sub } from '../../field/index.ts';
import {
  brokenRelation,
  cosineAtLeast,
  cosineReaches,
  limbTables,
  notZero,
  type Program,
  ProgramBuilder,
  pad,
  rangeTable,
} from '../index.ts';
import { BASE, COEFFICIENT_BOUND, limbsOf, zeroSum } from './limbs.ts';

const range = { min: -511, max: 511 };
const COUNT = 192;

function setUp() {
  const b = new ProgramBuilder('cosine', ['threshold']);
  const tables = limbTables();
  const values = rangeTable('embedding', range);
  const [a, t] = [b.block('a', [COUNT], range), b.block('t', [COUNT], range)];
  b.ranged(a, values);
  b.ranged(t, values);
  const gadget = cosineAtLeast(b, 'cosine', tables, a, t, { a: range, t: range }, 0);
  const program = b.finish();
  const witness = (x: readonly number[], y: readonly number[], threshold: number) => {
    const blocks = program.blocks.map(({ bits }) => new Uint32Array(2 ** bits));
    blocks[0] = pad(a.axes, x);
    blocks[1] = pad(t.axes, y);
    for (const { block, cells } of gadget.fill(x, y, threshold)) blocks[block] = cells;
    return { blocks, publics: [fromSigned(threshold)] };
  };
  return { program, witness };
}
const { program, witness } = setUp();
const blockOf = (name: string): number => program.blocks.findIndex((block) => block.name === name);
const holds = (x: readonly number[], y: readonly number[], threshold: number): boolean =>
  brokenRelation(program, witness(x, y, threshold)) === undefined;

/** The witness with some cells of some blocks replaced. */
function bent(base: ReturnType<typeof witness>, changes: Readonly<Record<string, readonly (readonly [cell: number, value: number])[]>>) {
  const blocks = base.blocks.map((cells) => cells.slice());
  for (const [name, cells] of Object.entries(changes))
    for (const [cell, value] of cells) blocks[blockOf(name)]?.set([fromSigned(value)], cell);
  return { ...base, blocks };
}

const alternating = Array.from({ length: COUNT }, (_, i) => (i % 2 === 0 ? 511 : -511));
const ramp = Array.from({ length: COUNT }, (_, i) => ((i * 37) % 301) - 150);
const zero = Array<number>(COUNT).fill(0);
const one = zero.map((_, i) => (i === 7 ? 1 : 0));

describe('cosine at least a threshold, exactly', () => {
  test('extremes against BigInt', () => {
    const ends = [
      alternating,
      alternating.map((x) => -x),
      ramp,
      ramp.map((x) => -x),
      one,
      one.map((x) => -x),
      zero,
      Array<number>(COUNT).fill(511),
    ];
    for (const x of ends)
      for (const y of ends)
        for (const threshold of [1, 1434, 4095])
          expect(holds(x, y, threshold), `${x[0]} ${y[0]} ${threshold}`).toBe(cosineReaches(x, y, threshold));
  });

  test('random vectors, also at the very edge of what holds', () => {
    const value = fc.integer({ min: -511, max: 511 });
    const vector = fc.array(value, { minLength: COUNT, maxLength: COUNT });
    fc.assert(
      fc.property(vector, vector, fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 4095 }), (x, y, mix, any) => {
        const blend = x.map((v, i) => Math.round((mix * v + (100 - mix) * (y[i] ?? 0)) / 100));
        // The greatest threshold that holds, by bisection on the definition.
        let [low, high] = [0, 4096];
        while (high - low > 1) {
          const middle = (low + high) >> 1;
          if (cosineReaches(x, blend, middle)) low = middle;
          else high = middle;
        }
        for (const threshold of [low, low + 1, any])
          if (threshold >= 1 && threshold <= 4095) expect(holds(x, blend, threshold)).toBe(cosineReaches(x, blend, threshold));
      }),
      { numRuns: 60 },
    );
  });

  test('equality holds, one part more does not', () => {
    // cos = 3/5 exactly: (3, 4) and (1, 0).
    const x = zero.map((_, i) => (i === 0 ? 300 : i === 1 ? 400 : 0));
    const y = zero.map((_, i) => (i === 0 ? 5 : 0));
    expect(holds(x, y, 2457)).toBe(true);
    expect(holds(x, y, 2458)).toBe(false);
    // cos = 1/2 exactly = 2048/4096.
    const u = zero.map((_, i) => (i < 4 ? 1 : 0));
    const v = zero.map((_, i) => (i === 0 ? 9 : 0));
    expect(holds(u, v, 2048)).toBe(true);
    expect(holds(u, v, 2049)).toBe(false);
  });
});

describe('a prover that bends it', () => {
  const base = witness(ramp, ramp, 4095);
  test('the honest witness holds', () => expect(brokenRelation(program, base)).toBeUndefined());

  test('thresholds outside 1..4095, also as residues', () => {
    for (const threshold of [0, -1, 4096, 4097, -4096]) expect(holds(ramp, ramp, threshold), String(threshold)).toBe(false);
    for (const residue of [P - 1, P - 4096, 5000]) expect(brokenRelation(program, { ...base, publics: [residue] })).toBeDefined();
  });

  test('another threshold than the one proven', () => {
    const low = witness(
      ramp,
      alternating.map((x, i) => x + 0 * i).map((x, i) => (i < 96 ? x : (ramp[i] ?? 0))),
      100,
    );
    expect(brokenRelation(program, low)).toBeUndefined();
    expect(brokenRelation(program, { ...low, publics: [101] })).toBeDefined();
  });

  test('opposite vectors, with |D| claimed for D', () => {
    const opposite = witness(
      ramp,
      ramp.map((x) => -x),
      4095,
    );
    const claimed = {
      ...opposite,
      blocks: base.blocks.map((cells, i) => (i <= blockOf('cosine dot') ? (opposite.blocks[i] ?? cells) : cells)),
    };
    expect(brokenRelation(program, claimed)).toMatch(/^equality/);
    // The products' signs turned as well: the quadratic sees it.
    const dot = base.blocks[blockOf('cosine dot')] ?? new Uint32Array();
    expect(
      brokenRelation(program, { ...claimed, blocks: claimed.blocks.map((cells, i) => (i === blockOf('cosine dot') ? dot : cells)) }),
    ).toMatch(/^quadratic/);
  });

  test('a negative D spelled in limbs as p + D', () => {
    const opposite = witness(
      ramp,
      ramp.map((x) => -x),
      1,
    );
    const D = -ramp.reduce((sum, x) => sum + x * x, 0);
    const limbs = limbsOf(BigInt(P + D), 4);
    const forged = bent(opposite, { 'cosine limbs': limbs.map((limb, i) => [i, limb] as const), 'cosine inverse': [[0, inv(P + D)]] });
    expect(limbs[3]).toBeGreaterThan(31);
    expect(brokenRelation(program, forged)).toMatch(/^lookup/);
  });

  test('a zero template or a zero embedding, whatever the inverse says', () => {
    for (const [x, y] of [
      [ramp, zero],
      [zero, ramp],
      [zero, zero],
    ] as const)
      for (const inverse of [0, 1, P - 1]) {
        const forged = bent(witness(x, y, 1), { 'cosine inverse': [[0, inverse]] });
        expect(brokenRelation(program, forged)).toMatch(/^quadratic/);
      }
  });

  test('limbs that wrap: a unit moved from one to the next below, or beyond a byte', () => {
    for (const name of ['cosine limbs', 'cosine sides', 'cosine remainder']) {
      const cells = base.blocks[blockOf(name)] ?? new Uint32Array();
      const at = cells.findIndex((x, i) => i > 0 && x > 0 && i % 4 !== 0);
      const moved = bent(base, {
        [name]: [
          [at, (cells[at] ?? 0) - 1],
          [at - 1, (cells[at - 1] ?? 0) + BASE],
        ],
      }); // prettier-ignore
      expect(brokenRelation(program, moved), name).toMatch(/^lookup/);
    }
  });

  test('every committed cell of the gadget is bound', () => {
    program.blocks.forEach(({ name, bits }, block) => {
      // Cells of a vector behind its true ones are never read.
      if (block < 2) return;
      const used = base.blocks[block]?.findLastIndex((x) => x !== 0) ?? 0;
      for (const cell of new Set([0, 1, 2, used].filter((c) => c < 2 ** bits))) {
        const blocks = base.blocks.map((cells, i) => (i === block ? cells.map((x, j) => (j === cell ? (x + 1) % P : x)) : cells));
        expect(brokenRelation(program, { ...base, blocks }), `${name} ${cell}`).toBeDefined();
      }
    });
  });

  test('tampered carries, and a remainder below zero', () => {
    const below = witness(ramp, alternating, 4095);
    expect(cosineReaches(ramp, alternating, 4095)).toBe(false);
    expect(brokenRelation(program, below)).toBeDefined();
    // R negative, written as a borrow in its top limb: no limb is negative.
    expect(brokenRelation(program, bent(below, { 'cosine remainder': [[10, -1]] }))).toMatch(/^lookup/);
    for (const name of ['cosine carries', 'cosine carries 0', 'cosine carries 1']) {
      const cells = base.blocks[blockOf(name)] ?? new Uint32Array();
      for (const step of [1, -1, BASE, 4096]) {
        const forged = bent(base, {
          [name]: [[2, fromSigned((cells[2] ?? 0) > P / 2 ? (cells[2] ?? 0) - P + step : (cells[2] ?? 0) + step)]],
        });
        expect(brokenRelation(program, forged), `${name} ${step}`).toBeDefined();
      }
    }
  });
});

describe('sums of limbs', () => {
  const sized = (bound: number) => {
    const b = new ProgramBuilder('zero', []);
    const tables = limbTables();
    const v = b.block('v', [3]);
    const gadget = zeroSum(b, 'carries', tables, 3, bound, [{ tensor: v, entries: [0, 1, 2].map((i) => [i, i, 1] as const) }]);
    const made: Program = b.finish();
    return (values: readonly number[]): boolean => {
      const blocks = made.blocks.map(({ bits }) => new Uint32Array(2 ** bits));
      blocks[0] = pad(v.axes, values);
      for (const { block, cells } of gadget.fill(values)) blocks[block] = cells;
      return brokenRelation(made, { blocks, publics: [] }) === undefined;
    };
  };
  test('zero is zero, all else is not, up to the bound', () => {
    const check = sized(COEFFICIENT_BOUND);
    fc.assert(
      fc.property(fc.integer({ min: -4000, max: 4000 }), fc.integer({ min: -4000, max: 4000 }), (c, d) => {
        expect(check([BASE * c, BASE * d - c, -d])).toBe(true);
        expect(check([BASE * c, BASE * d - c, -d + 1])).toBe(false);
        expect(check([BASE * c + 1, BASE * d - c, -d])).toBe(false);
      }),
      { numRuns: 50 },
    );
    expect(check([BASE * 4079, BASE * 4094 - 4079, -4094])).toBe(true);
  });
  test('coefficients whose carries could wrap around are refused when the program is made', () => {
    expect(() => sized(COEFFICIENT_BOUND + 1)).toThrow('too large');
  });
});

test('a vector that is not zero', () => {
  const b = new ProgramBuilder('norm', []);
  const x = b.block('x', [COUNT], range);
  b.ranged(x, rangeTable('embedding', range));
  const gadget = notZero(b, 'norm', x, range);
  const made = b.finish();
  const check = (values: readonly number[], inverse?: number): string | undefined => {
    const blocks = made.blocks.map(({ bits }) => new Uint32Array(2 ** bits));
    blocks[0] = pad(x.axes, values);
    for (const { block, cells } of gadget.fill(values)) blocks[block] = cells;
    if (inverse !== undefined) blocks[2] = Uint32Array.of(inverse);
    return brokenRelation(made, { blocks, publics: [] });
  };
  expect(check(ramp)).toBeUndefined();
  expect(check(one)).toBeUndefined();
  expect(check(ramp, sub(0, 1))).toMatch(/^quadratic/);
  for (const inverse of [0, 1]) expect(check(zero, inverse)).toMatch(/^quadratic/);
});

test('sums that could wrap around are refused when the program is made', () => {
  const b = new ProgramBuilder('wide', ['threshold']);
  const wide = { min: -2047, max: 2047 };
  const [a, t] = [b.block('a', [COUNT], wide), b.block('t', [COUNT], wide)];
  expect(() => cosineAtLeast(b, 'cosine', limbTables(), a, t, { a: wide, t: wide }, 0)).toThrow('wrap around');
  expect(() => notZero(b, 'norm', a, wide)).toThrow('wrap around');
});
