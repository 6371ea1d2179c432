// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { add, compress, fromSigned, sponge } from '../../field/index.ts';
import { brokenRelation, type Program, ProgramBuilder, pad, rangeTable, type Witness } from '../index.ts';
import { seeded } from '../testing/samples.ts';
import { commitmentOf, commitTensor, pack } from './commitment.ts';
import { atLeast, innerProduct } from './compare.ts';
import { merklePath } from './merkle.ts';
import { elements, publishDigest, spongeGadget, storeDigest } from './sponge.ts';

const range = { min: -128, max: 127 };
const next = seeded(3);
const felt = (): number => next() % 0x7f000001;
const felts = (n: number): number[] => Array.from({ length: n }, felt);

/** Every block of the witness changed in each of its first and last true-looking cells must break something. */
function binds(program: Program, witness: Witness, free: readonly string[] = []): void {
  expect(brokenRelation(program, witness)).toBeUndefined();
  witness.blocks.forEach((cells, b) => {
    const name = program.blocks[b]?.name ?? '';
    if (free.includes(name)) return;
    const used = cells.findLastIndex((x) => x !== 0);
    for (const at of new Set([0, Math.floor(used / 2), Math.max(0, used)])) {
      const blocks = witness.blocks.map((other, i) => (i === b ? other.map((x, j) => (j === at ? add(x, 1) : x)) : other));
      expect(brokenRelation(program, { ...witness, blocks }), `${name} ${at}`).toBeDefined();
    }
  });
  witness.publics.forEach((_, i) => {
    const publics = witness.publics.map((x, j) => (i === j ? add(x, 1) : x));
    expect(brokenRelation(program, { ...witness, publics }), `public ${i}`).toBeDefined();
  });
}

const assemble = (
  program: Program,
  parts: readonly { readonly block: number; readonly cells: Uint32Array }[],
  publics: readonly number[],
): Witness => {
  const blocks = program.blocks.map(({ bits }) => new Uint32Array(2 ** bits));
  for (const { block, cells } of parts) blocks[block] = cells;
  return { blocks, publics };
};
const eightNames = Array.from({ length: 8 }, (_, i) => `d${i}`);

describe('hiding commitment to a tensor', () => {
  test.each([3, 24, 25, 70])('%i values', (size) => {
    const b = new ProgramBuilder('commit', eightNames);
    const x = b.block('x', [size], range);
    b.ranged(x, rangeTable('int8', range));
    const commitment = commitTensor(b, 'commitment', x, range, 77, 0);
    const program = b.finish();
    const values = Array.from({ length: size }, () => (next() % 256) - 128);
    const blinding = felts(8);
    const digest = commitmentOf(77, blinding, values, range);
    expect(digest).toEqual(sponge(77, [...blinding, ...pack(values, range)]));
    const parts = [{ block: 0, cells: pad(x.axes, values) }, ...commitment.fill(blinding, values)];
    binds(program, assemble(program, parts, digest));
    // Another input under the same digest: no.
    const other = values.map((v, i) => (i === size - 1 ? (v === 5 ? 6 : 5) : v));
    expect(
      brokenRelation(program, assemble(program, [{ block: 0, cells: pad(x.axes, other) }, ...commitment.fill(blinding, other)], digest)),
    ).toBeDefined();
  });
  test('packing is injective: lengths and digits', () => {
    expect(pack([-128, -127, -128, 0], range)).toEqual([256, 128]);
    expect(pack([127, 127, 127], range)).toEqual([2 ** 24 - 1]);
  });
});

test('one secret in a holder commitment and a nullifier: the same cells in both', () => {
  const names = [...Array.from({ length: 8 }, (_, i) => `scope${i}`), ...Array.from({ length: 8 }, (_, i) => `nullifier${i}`)];
  const b = new ProgramBuilder('holder', names);
  const [secret, blinding, holder] = [b.block('secret', [8]), b.block('blinding', [8]), b.block('holder', [8])];
  const committed = spongeGadget(b, 'holder hash', 11, 16, [elements(secret, 0), elements(blinding, 8)]);
  storeDigest(b, committed, holder);
  const nullifier = spongeGadget(b, 'nullifier hash', 12, 16, [elements(secret, 0)], {
    publics: Array.from({ length: 8 }, (_, i) => [8 + i, i] as const),
  });
  publishDigest(b, nullifier, 8);
  const program = b.finish();
  const [s, blind, scope] = [felts(8), felts(8), felts(8)];
  const parts = [
    { block: 0, cells: Uint32Array.from(s) },
    { block: 1, cells: Uint32Array.from(blind) },
    { block: 2, cells: Uint32Array.from(sponge(11, [...s, ...blind])) },
    ...committed.fill([...s, ...blind]),
    ...nullifier.fill([...s, ...scope]),
  ];
  binds(program, assemble(program, parts, [...scope, ...sponge(12, [...s, ...scope])]));
  // A nullifier of another secret beside an honest holder commitment.
  const other = felts(8);
  const mixed = [...parts.slice(0, 3), ...committed.fill([...s, ...blind]), ...nullifier.fill([...other, ...scope])];
  expect(brokenRelation(program, assemble(program, mixed, [...scope, ...sponge(12, [...other, ...scope])]))).toBeDefined();
});

describe('membership', () => {
  test.each([1, 4, 5])('a path of depth %i', (depth) => {
    const b = new ProgramBuilder('member', eightNames);
    const leaf = b.block('leaf', [8]);
    const path = merklePath(b, 'path', leaf, depth, 0);
    const program = b.finish();
    const from = felts(8);
    const siblings = Array.from({ length: depth }, () => felts(8));
    const bits = Array.from({ length: depth }, () => next() % 2);
    let root = from;
    siblings.forEach((sibling, d) => {
      root = bits[d] === 1 ? compress(sibling, root) : compress(root, sibling);
    });
    expect(path.root(from, siblings, bits)).toEqual(root);
    const parts = [{ block: 0, cells: Uint32Array.from(from) }, ...path.fill(from, siblings, bits)];
    binds(program, assemble(program, parts, root));
    // A turn that is no bit, with everything else computed from it.
    const crooked = bits.map((bit, d) => (d === 0 ? 2 : bit));
    const bent = assemble(
      program,
      [{ block: 0, cells: Uint32Array.from(from) }, ...path.fill(from, siblings, crooked)],
      path.root(from, siblings, crooked),
    );
    expect(brokenRelation(program, bent)).toMatch(/^quadratic/);
  });
});

describe('comparison and inner product', () => {
  test('x >= threshold exactly', () => {
    for (const [value, threshold, holds] of [
      [5, 5, true],
      [4, 5, false],
      [-7, -8, true],
      [-9, -8, false],
      [127, -128, true],
    ] as const) {
      const b = new ProgramBuilder('compare', ['threshold']);
      const x = b.block('x', [1], range);
      b.ranged(x, rangeTable('int8', range));
      const compare = atLeast(b, 'margin', x, range, 0, range);
      const program = b.finish();
      const parts = [{ block: 0, cells: pad(x.axes, [value]) }, ...compare.fill(value, threshold)];
      const witness = assemble(program, parts, [fromSigned(threshold)]);
      expect(brokenRelation(program, witness) === undefined).toBe(holds);
    }
  });
  test('limbs never reach a negative difference plus p, however wide the range', () => {
    for (const max of [2 ** 12, 2 ** 24, 2 ** 25, 2 ** 28 - 1]) {
      const b = new ProgramBuilder('wide', ['threshold']);
      const x = b.block('x', [1]);
      atLeast(b, 'margin', x, { min: -max, max }, 0, { min: -max, max });
      const limbs = b.blocks.at(-1);
      const width = Math.log2((limbs?.range?.max ?? 0) + 1);
      const total = 2 ** (width * Math.ceil(Math.ceil(Math.log2(2 * max + 1)) / 12)) - 1;
      expect(total).toBeLessThan(0x7f000001 - 2 ** 29);
    }
    const b = new ProgramBuilder('too wide', ['threshold']);
    expect(() => atLeast(b, 'margin', b.block('x', [1]), { min: -(2 ** 29), max: 2 ** 29 }, 0, { min: 0, max: 0 })).toThrow('wrap around');
  });
  test('a dot product that could wrap around, or of cells without ranges, is refused', () => {
    const dot = (size: number, bounds?: { readonly min: number; readonly max: number }) => () => {
      const b = new ProgramBuilder('dot', ['result']);
      innerProduct(b, 'dot', b.block('u', [size], bounds), b.block('v', [size], bounds), 0);
    };
    expect(dot(5)).toThrow('without ranges');
    expect(dot(2, { min: 0, max: 2 ** 14 })).toThrow('wrap around');
    expect(dot(1, { min: 0, max: 2 ** 14 })).not.toThrow();
  });
  test('a dot product of two private vectors', () => {
    const b = new ProgramBuilder('dot', ['result']);
    const [u, v] = [b.block('u', [5], range), b.block('v', [5], range)];
    const table = rangeTable('int8', range);
    b.ranged(u, table);
    b.ranged(v, table);
    const product = innerProduct(b, 'dot', u, v, 0);
    const program = b.finish();
    const [a, c] = [
      [1, -2, 3, 4, -128],
      [5, 6, -7, 127, -128],
    ];
    const result = a.reduce((sum, x, i) => sum + x * (c[i] ?? 0), 0);
    const parts = [{ block: 0, cells: pad(u.axes, a) }, { block: 1, cells: pad(v.axes, c) }, ...product.fill(a, c)];
    binds(program, assemble(program, parts, [fromSigned(result)]));
  });
});
