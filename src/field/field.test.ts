// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as F from './index.ts';

const p = BigInt(F.P);
const edge = fc.oneof(fc.constantFrom(0, 1, 2, F.P - 1, F.P - 2, (F.P - 1) / 2, 2 ** 24, 2 ** 30), fc.integer({ min: 0, max: F.P - 1 }));
const exts = fc.tuple(edge, edge, edge, edge);

describe('F', () => {
  test('is p = 2^31 - 2^24 + 1 and 3 generates it, so X^4 - 3 is irreducible', () => {
    expect(F.P).toBe(2 ** 31 - 2 ** 24 + 1);
    for (const prime of [2, 127]) expect(F.pow(F.GENERATOR, (F.P - 1) / prime)).not.toBe(1);
  });
  test('agrees with big integers, at the edges too', () => {
    fc.assert(
      fc.property(edge, edge, (a, b) => {
        expect(BigInt(F.add(a, b))).toBe((BigInt(a) + BigInt(b)) % p);
        expect(BigInt(F.sub(a, b))).toBe((BigInt(a) - BigInt(b) + p) % p);
        expect(BigInt(F.mul(a, b))).toBe((BigInt(a) * BigInt(b)) % p);
        if (a !== 0) expect(F.mul(a, F.inv(a))).toBe(1);
        expect(F.fromSigned(F.toSigned(a))).toBe(a);
      }),
      { numRuns: 2000 },
    );
    expect(() => F.inv(0)).toThrow();
  });
  test('has roots of unity of exact order', () => {
    for (const bits of [1, 5, 24]) {
      expect(F.pow(F.rootOfUnity(bits), 2 ** bits)).toBe(1);
      expect(F.pow(F.rootOfUnity(bits), 2 ** (bits - 1))).toBe(F.P - 1);
    }
    expect(() => F.rootOfUnity(25)).toThrow();
  });
});

describe('K', () => {
  test('is a field: products agree with schoolbook, inverses invert', () => {
    fc.assert(
      fc.property(exts, exts, exts, (a, b, c) => {
        const wide = Array.from({ length: 7 }, () => 0n);
        a.forEach((x, i) => {
          b.forEach((y, j) => {
            wide[i + j] = (wide[i + j] ?? 0n) + BigInt(x) * BigInt(y);
          });
        });
        const expected = [0, 1, 2, 3].map((i) => Number(((wide[i] ?? 0n) + 3n * (wide[i + 4] ?? 0n)) % p));
        expect(F.extMul(a, b)).toEqual(expected);
        expect(F.extMul(a, F.extAdd(b, c))).toEqual(F.extAdd(F.extMul(a, b), F.extMul(a, c)));
        if (!F.extIsZero(a)) expect(F.extMul(a, F.extInv(a))).toEqual(F.ONE);
      }),
    );
    expect(F.extPow([0, 1, 0, 0], 4)).toEqual(F.ext(3));
  });
});

describe('Poseidon2', () => {
  const input = [
    894848333, 1437655012, 1200606629, 1690012884, 71131202, 1749206695, 1717947831, 120589055, 19776022, 42382981, 1831865506, 724844064,
    171220207, 1299207443, 227047920, 1783754913,
  ];
  test('permutes as published (Plonky3, default KoalaBear width 16)', () => {
    expect(F.permute(input)).toEqual([
      1934285469, 604889435, 133449501, 1026180808, 1830659359, 176667110, 1391183747, 351743874, 1238264085, 1292768839, 2023573270,
      1201586780, 1360691759, 1230682461, 748270449, 651545025,
    ]);
  });
  test('permutes by its layers, whatever the state', () => {
    const byLayers = (state: readonly number[]): number[] => {
      const { initial, partial, final } = F.ROUND_CONSTANTS;
      const full = (s: readonly number[], round: readonly number[]) => F.externalLayer(s.map((x, i) => F.cube(F.add(x, round[i] ?? 0))));
      let s = initial.reduce(full, F.externalLayer(state));
      for (const constant of partial) s = F.internalLayer([F.cube(F.add(s[0] ?? 0, constant)), ...s.slice(1)]);
      return final.reduce(full, s);
    };
    const element = fc.oneof(fc.integer({ min: 0, max: F.P - 1 }), fc.constantFrom(0, 1, F.P - 1));
    const state = fc.array(element, { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(state, (s) => {
        expect(F.permute(s)).toEqual(byLayers(s));
      }),
    );
    for (const all of [0, F.P - 1]) expect(F.permute(Array(16).fill(all))).toEqual(byLayers(Array(16).fill(all)));
  });
  test('draws the published constants out of Grain', () => {
    expect(F.ROUND_CONSTANTS.initial[0]?.slice(0, 3)).toEqual([0x7ee56a48, 0x11367045, 0x12e41941]);
    expect(F.ROUND_CONSTANTS.partial.slice(0, 2)).toEqual([0x54dfeb5d, 0x7d40afd6]);
    expect(F.ROUND_CONSTANTS.final[3]?.[15]).toBe(0x3466c7ca);
  });
  test('compresses with the feed-forward and separates lengths and tags', () => {
    const [left, right] = [input.slice(0, 8), input.slice(8)];
    expect(F.compress(left, right)).toEqual(
      F.permute(input)
        .slice(0, 8)
        .map((x, i) => F.add(x, input[i] ?? 0)),
    );
    const digests = [
      F.sponge(1, []),
      F.sponge(1, [0]),
      F.sponge(1, [0, 0]),
      F.sponge(2, [0]),
      F.sponge(1, Array(8).fill(0)),
      F.sponge(1, Array(9).fill(0)),
    ];
    expect(new Set(digests.map(String)).size).toBe(digests.length);
  });
});

test('ntt evaluates on the powers of the root, for short inputs too', () => {
  const coefficients = Uint32Array.from([5, 0, F.P - 1, 7, 1, 2]);
  const w = F.rootOfUnity(4);
  const values = F.ntt(coefficients, 4);
  for (let j = 0; j < 16; j++) {
    const x = F.pow(w, j);
    expect(values[j]).toBe([...coefficients].reduceRight((sum, c) => F.add(F.mul(sum, x), c), 0));
  }
});

test('eq tables, points and kernels agree, first variable on top', () => {
  fc.assert(
    fc.property(fc.array(exts, { minLength: 0, maxLength: 5 }), exts, (point, r) => {
      const list = F.eqList(point);
      list.forEach((value, i) => {
        expect(value).toEqual(F.eqAt(point, i));
      });
      const kernels = new F.PlainKernels();
      const table = kernels.eqTable(point, F.ONE);
      expect(F.listExt(table)).toEqual(list);
      if (point.length > 0) expect(F.listExt(kernels.dropTop(kernels.copy(table)))).toEqual(F.eqList(point.slice(1)));
      expect(
        F.eqPoints(
          point,
          point.map(() => r),
        ),
      ).toEqual(F.eqList(point.map(() => r)).reduce((sum, x, i) => F.extAdd(sum, F.extMul(x, list[i] ?? F.ZERO)), F.ZERO));
    }),
    { numRuns: 40 },
  );
});

describe('uniform sampling', () => {
  test('throws away words of p and more instead of reducing them', () => {
    const words = [F.P, F.P + 1, 0x7fffffff, 5, 0x80000006, F.P - 1];
    const source = new F.UniformSource((into) => {
      const view = new DataView(into.buffer);
      for (let i = 0; i < into.length / 4; i++) view.setUint32(4 * i, words[i % words.length] ?? 0, true);
    });
    expect([source.felt(), source.felt(), source.felt(), source.felt()]).toEqual([5, 6, F.P - 1, 5]);
  });
});
