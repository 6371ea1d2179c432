// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { type Ext, eqList, extAdd, extMul, extScale, listExt, PlainKernels, ZERO } from '../field/index.ts';
import * as Pr from './index.ts';
import { mixedProgram, seeded, tinyNet, twoLayerNet } from './testing/samples.ts';

const point = (next: () => number, bits: number): Ext[] =>
  Array.from({ length: bits }, (): Ext => [next() % 1000, next() % 7, 1, next() % 99]);
const at = (cells: Uint32Array, r: readonly Ext[]): Ext =>
  eqList(r).reduce((sum, weight, i) => extAdd(sum, extScale(weight, cells[i])), ZERO);

test('every form: its extension, its adjoint and its bilinear say the same', () => {
  let forms = 0;
  const kernels = new PlainKernels();
  for (const seed of [1, 2, 3, 4]) {
    const { program, witness } = mixedProgram(seed);
    const next = seeded(seed + 100);
    const read = Pr.reader(program, witness);
    const all = [
      ...program.lookups.flatMap(({ a, o1, o2 }) => [a, o1, o2]),
      ...program.quadratics.flatMap(({ a, b, c }) => [a, b, c]),
      ...program.equalities,
    ];
    for (const form of all) {
      if (form === undefined) continue;
      forms++;
      const r = point(next, form.bits);
      let total = Pr.publicPart(form, r, Pr.publicVector(program, witness.publics), kernels);
      for (const term of form.terms) {
        if (term.source === 'public') continue;
        const bits = Pr.sourceBits(program, term.source);
        const factors = Pr.adjointFactors(term, r, new Map(), kernels).map((f) => ({ ...f, vector: listExt(f.vector) }));
        const weights = Array.from({ length: 2 ** bits }, (_, i) =>
          factors.reduce((w, f) => extMul(w, f.vector[Math.floor(i / 2 ** f.inShift) % 2 ** f.inBits] ?? ZERO), [
            term.scale,
            0,
            0,
            0,
          ] as Ext),
        );
        read(term.source).forEach((x, i) => {
          total = extAdd(total, extScale(weights[i] ?? ZERO, x));
        });
        const s = point(next, bits);
        const direct = eqList(s).reduce((sum, e, i) => extAdd(sum, extMul(e, weights[i] ?? ZERO)), ZERO);
        expect(Pr.termBilinear(term, r, s, new Map(), kernels)).toEqual(direct);
      }
      expect(total).toEqual(at(Pr.evaluateForm(form, read), r));
    }
  }
  expect(forms).toBeGreaterThan(40);
});

test('honest witnesses hold; a change of any block breaks a relation', () => {
  for (const { program, witness } of [twoLayerNet(1), twoLayerNet(2, 9, 3, 1), mixedProgram(1), mixedProgram(2), tinyNet(1)]) {
    expect(Pr.brokenRelation(program, witness)).toBeUndefined();
    witness.blocks.forEach((block, b) => {
      const changed = witness.blocks.map((cells, i) => (i === b ? cells.map((x, j) => (j === 0 ? (x + 5000) % 0x7f000001 : x)) : cells));
      expect(
        Pr.brokenRelation(program, { ...witness, blocks: changed }),
        `block ${program.blocks[b]?.name} of ${block.length}`,
      ).toBeDefined();
    });
    expect(Pr.brokenRelation(program, { ...witness, publics: witness.publics.map((x) => (x + 1) % 0x7f000001) })).toBeDefined();
  }
});

test('convolution means convolution: strides, padding, groups', () => {
  const next = seeded(5);
  for (const [groups, stride] of [
    [1, 1],
    [2, 2],
  ] as const) {
    const x: Pr.Tensor = { source: 0, axes: Pr.axesOf([4, 5, 6]) };
    const input = Array.from({ length: 120 }, () => (next() % 21) - 10);
    const outputs = 6;
    const perGroup = 4 / groups;
    const weights = Array.from({ length: outputs * perGroup * 6 }, () => (next() % 9) - 4);
    const y = Pr.conv2d(x, { weights, outputs, kernel: [3, 2], stride: [stride, 1], padding: [1, 1, 1, 0], groups });
    const cells = Pr.evaluateForm(Pr.formOf(y), () => Pr.pad(x.axes, input));
    const [, oh, ow] = y.axes.map(({ size }) => size) as [number, number, number];
    expect([oh, ow]).toEqual([stride === 1 ? 5 : 3, 6]);
    const indices = Pr.paddedIndices(y.axes);
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < oh; i++)
        for (let j = 0; j < ow; j++) {
          let sum = 0;
          for (let c = 0; c < perGroup; c++)
            for (let u = 0; u < 3; u++)
              for (let v = 0; v < 2; v++) {
                const [row, col] = [i * stride + u - 1, j + v - 1];
                const channel = Math.floor(o / (outputs / groups)) * perGroup + c;
                if (row >= 0 && row < 5 && col >= 0 && col < 6)
                  sum += (weights[((o * perGroup + c) * 3 + u) * 2 + v] ?? 0) * (input[(channel * 5 + row) * 6 + col] ?? 0);
              }
          expect(cells[indices[(o * oh + i) * ow + j] ?? 0]).toBe(sum < 0 ? sum + 0x7f000001 : sum);
        }
  }
});

describe('what the compiler refuses', () => {
  const start = () => {
    const b = new Pr.ProgramBuilder('bad', ['y']);
    const x = b.block('x', [3], { min: -128, max: 127 });
    return { b, x };
  };
  const int8 = Pr.rangeTable('int8', { min: -128, max: 127 });
  const relu = Pr.functionTable('relu', { min: -256, max: 255 }, Pr.requantize(1, { min: 0, max: 127 }));

  test('a range that nothing proves', () => {
    const { b, x } = start();
    b.apply('h', Pr.dense(x, [1, 1, 1], 1), relu);
    expect(() => b.finish()).toThrow('nothing proves the range of block x');
  });
  test('a range check by a wider table', () => {
    const { b, x } = start();
    b.ranged(x, Pr.rangeTable('int9', { min: -256, max: 255 }));
    expect(() => b.finish()).toThrow('nothing proves the range');
  });
  test('an accumulator that could wrap around the field', () => {
    const { b, x } = start();
    b.ranged(x, int8);
    b.apply('h', Pr.dense(x, [2 ** 22, 2 ** 22, 1], 1), relu);
    expect(() => b.finish()).toThrow('could wrap around');
  });
  test('coefficients that are large integers and small residues', () => {
    const { b, x } = start();
    b.ranged(x, int8);
    // 2^20 * 2^20 is a small residue: an interval over residues would call this form harmless.
    const big = (bits: number) => Pr.entriesMatrix(bits, bits, [[0, 0, 2 ** 20]]);
    const factors = [
      { outShift: 1, inShift: 1, matrix: big(1) },
      { outShift: 0, inShift: 0, matrix: big(1) },
    ];
    const out = b.block('out', [4], { min: 0, max: 127 });
    b.lookup({ table: b.table(relu), a: { bits: 2, terms: [{ source: x.source, scale: 1, factors }] }, o1: Pr.whole(out) });
    expect(() => b.finish()).toThrow('no proven range');
  });
  test('a sum that passes 2^53 on its way, however much of it cancels', () => {
    const k = 2 ** 29 - 1001;
    const weights = [1_065_000_032, -1_065_000_096, 1_065_000_160, -1_065_000_096].map((w) => w - 2 ** 24);
    const range = (repeated: number) => {
      const b = new Pr.ProgramBuilder('sums', []);
      const x = b.block('x', [4 * repeated], { min: k, max: k });
      const row = Array.from({ length: repeated }, () => weights).flat();
      return b.rangeOf(Pr.formOf(Pr.dense(x, row, 1)));
    };
    expect(range(1)).toBeUndefined();
    expect(range(64)).toBeUndefined();
  });
  test('two blocks that each have their range from the other', () => {
    const b = new Pr.ProgramBuilder('circle', ['y']);
    const u = b.block('u', [3], { min: -5, max: 5 });
    const v = b.block('v', [3], { min: -5, max: 5 });
    b.zero(Pr.formOf(Pr.sum(Pr.same(u), Pr.same(v, -1))));
    b.zero(Pr.formOf(Pr.sum(Pr.same(v), Pr.same(u, -1))));
    expect(() => b.finish()).toThrow('nothing proves the range of block u');
    // A product of itself proves as little: 0 and 1 are its only integers, but nothing says that they are integers.
    const w = new Pr.ProgramBuilder('square', []);
    const bits = w.block('bits', [4], { min: 0, max: 1 });
    w.product(Pr.whole(bits), Pr.whole(bits), Pr.whole(bits));
    expect(() => w.finish()).toThrow('nothing proves the range of block bits');
  });
  test('a sum of true cells whose padding is read all the same', () => {
    const copied = (read: (y: Pr.Tensor) => Pr.LinearForm): Pr.ProgramBuilder => {
      const { b, x } = start();
      b.ranged(x, int8);
      const y = b.block('y', [3], { min: -128, max: 127 });
      b.zero(Pr.formOf(Pr.sum(Pr.same(x), Pr.same(y, -1))));
      const form = read(y);
      const out = b.block('out', [4], { min: 0, max: 127 });
      b.lookup({ table: b.table(relu), a: form, o1: Pr.whole(out) });
      return b;
    };
    expect(copied((y) => Pr.formOf(Pr.same(y))).finish().blocks.length).toBe(3);
    // The fourth cell of y is bound by nothing: any field element would pass for an integer below 128.
    const padded = Pr.entriesMatrix(2, 2, [[0, 3, 2]]);
    const beyond = (y: Pr.Tensor) => ({
      bits: 2,
      terms: [{ source: y.source, scale: 1, factors: [{ outShift: 0, inShift: 0, matrix: padded }] }],
    });
    expect(() => copied(beyond).finish()).toThrow('nothing proves the range of block y');
  });
  test('a lookup of cells that have no range, unless it means field elements', () => {
    for (const field of [false, true]) {
      const b = new Pr.ProgramBuilder('field', []);
      const v = b.block('v', [4]);
      b.lookup({ table: b.table(int8), a: Pr.formOf(Pr.same(v)), field });
      if (field) expect(b.finish().lookups.length).toBe(1);
      else expect(() => b.finish()).toThrow('no proven range');
    }
  });
  test('a table whose padding is not zero', () => {
    expect(() => Pr.functionTable('off', { min: -4, max: 3 }, (x) => x + 1)).toThrow('zero to zero');
    const { b, x } = start();
    b.ranged(x, { ...int8, a: int8.a.map((a, i) => (i === 0 ? 1 : a)) });
    expect(() => b.finish()).toThrow('(0, 0)');
  });
  test('factors that do not partition the bits', () => {
    const { b, x } = start();
    b.ranged(x, int8);
    b.zero({ bits: 3, terms: Pr.same(x).terms });
    expect(() => b.finish()).toThrow('not covered');
  });
});

test('the hash moves with everything that has a meaning', () => {
  const { program } = mixedProgram(1);
  const hash = (p: Pr.Program): string => Pr.programHash(Pr.encodeProgram(p));
  const [first] = program.lookups;
  const [table] = program.tables;
  if (first === undefined || table === undefined) throw new Error('sample without lookups');
  const variants: Pr.Program[] = [
    { ...program, name: 'other' },
    { ...program, publics: ['y1', 'y0', 'selected'] },
    { ...program, grinding: { lookup: 1, query: 0 } },
    { ...program, tables: [{ ...table, a: table.a.map((x, i) => (i === 3 ? x + 1 : x)) }, ...program.tables.slice(1)] },
    { ...program, lookups: program.lookups.slice(1) },
    {
      ...program,
      lookups: [{ ...first, a: { ...first.a, terms: first.a.terms.map((t) => ({ ...t, scale: 2 })) } }, ...program.lookups.slice(1)],
    },
    { ...program, equalities: program.equalities.slice(1) },
    { ...program, quadratics: program.quadratics.map(({ a, b, c }) => ({ a: b, b: a, c })) },
  ];
  const hashes = [program, ...variants].map(hash);
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(hash(mixedProgram(1).program)).toBe(hash(program));
});

test('plain kernels: products of a run reach the right cells', () => {
  const kernels = new PlainKernels();
  const v = kernels.planes(4);
  kernels.addAt(v, 2, [1, 2, 3, 4]);
  kernels.addScaled(v, kernels.copy(v), [2, 0, 0, 0]);
  expect(kernels.getAt(v, 2)).toEqual([3, 6, 9, 12]);
  kernels.end();
  expect(v.data.every((x) => x === 0)).toBe(true);
});
