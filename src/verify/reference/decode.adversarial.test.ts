// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { encodeProgram, type Matrix, type Program } from '../../program/index.ts';
import { mixedProgram, tinyNet, twoLayerNet } from '../../program/testing/samples.ts';
import { decode } from './decode.ts';

const samples: Readonly<Record<string, Program>> = {
  tiny: tinyNet(2).program,
  'two-layer': twoLayerNet(2, 9, 4, 1, { lookup: 3, query: 8 }).program,
  mixed: mixedProgram(1).program,
};

/** The same program with every matrix an object of its own, as another compiler might make it. */
const unshared = (program: Program): Program => {
  const matrix = (m: Matrix): Matrix => structuredClone(m);
  const form = (f: Program['equalities'][number]) => ({
    ...f,
    terms: f.terms.map((t) => ({ ...t, factors: t.factors.map((x) => ({ ...x, matrix: matrix(x.matrix) })) })),
  });
  return {
    ...program,
    lookups: program.lookups.map((l) => ({
      ...l,
      a: form(l.a),
      ...(l.o1 ? { o1: form(l.o1) } : {}),
      ...(l.o2 ? { o2: form(l.o2) } : {}),
    })),
    quadratics: program.quadratics.map(({ a, b, c }) => ({ a: form(a), b: form(b), c: form(c) })),
    equalities: program.equalities.map(form),
  };
};

describe.each(Object.entries(samples))('the published bytes of %s', (_, program) => {
  const bytes = encodeProgram(program);

  it('hold every table, relation and matrix', () => {
    const read = decode(bytes);
    expect(read?.blocks).toEqual(program.blocks.map(({ bits }) => ({ bits })));
    expect(read?.tables).toEqual(
      program.tables.map(({ bits, a, o1, o2 }) => ({ bits, columns: [a, o1, o2].map((column) => column && [...column]) })),
    );
    const plain = JSON.stringify(
      { lookups: program.lookups, quadratics: program.quadratics, equalities: program.equalities },
      (key, value) => (key === 'field' ? undefined : ArrayBuffer.isView(value) ? [...(value as Uint32Array)] : value),
    );
    const { lookups, quadratics, equalities } = read ?? {};
    expect(JSON.parse(JSON.stringify({ lookups, quadratics, equalities }))).toEqual(JSON.parse(plain));
  });

  it('do not depend on which uses share a matrix', () => {
    expect(encodeProgram(unshared(program))).toEqual(bytes);
  });

  it('are refused when they end early or go on', () => {
    for (let length = 0; length < bytes.length; length += length < 400 ? 1 : 7) expect(decode(bytes.subarray(0, length))).toBeUndefined();
    expect(decode(Uint8Array.from([...bytes, 0]))).toBeUndefined();
  });

  it('never make the reader throw, hang or take what they cannot fill, whatever word is changed', () => {
    for (let at = 0; at + 4 <= bytes.length; at += bytes.length > 8000 ? 36 : 4)
      for (const value of [0, 1, 25, 0x7f000001, 0xfffffffe]) {
        const changed = Uint8Array.from(bytes);
        new DataView(changed.buffer).setUint32(at, value, true);
        const read = decode(changed);
        if (read !== undefined) expect(read.blocks.length).toBeLessThanOrEqual(bytes.length);
      }
  });
});

describe('bytes that describe no program', () => {
  const program = samples.mixed as Program;
  const [lookup] = program.lookups;
  const [table] = program.tables;
  if (lookup === undefined || table === undefined) throw new Error('sample without lookups');
  const [term] = lookup.a.terms;
  if (term === undefined) throw new Error('sample without terms');
  const withTerm = (changed: object): Program => ({
    ...program,
    lookups: [{ ...lookup, a: { ...lookup.a, terms: [{ ...term, ...changed }, ...lookup.a.terms.slice(1)] } }, ...program.lookups.slice(1)],
  });
  const wide: Matrix = {
    kind: 'entries',
    outBits: 1,
    inBits: 1,
    rows: Uint32Array.of(2),
    cols: Uint32Array.of(0),
    values: Uint32Array.of(1),
  };
  const cases: Readonly<Record<string, Program>> = {
    'a source that is not there': withTerm({ source: 99 }),
    'a scale that is no field element': withTerm({ scale: 0x7f000001 }),
    'factors that leave bits uncovered': withTerm({ factors: [] }),
    'a row outside its matrix': withTerm({ factors: [{ outShift: 0, inShift: 0, matrix: wide }] }),
    'a table that is not there': { ...program, lookups: [{ ...lookup, table: 9 }] },
    'a lookup without an output that its table has': { ...program, lookups: program.lookups.map(({ o1: _, o2: __, ...rest }) => rest) },
    'a table whose first row is not zero': {
      ...program,
      tables: [{ ...table, a: table.a.map((x, i) => (i === 0 ? 1 : x)) }, ...program.tables.slice(1)],
    },
    'more work than a nonce can show': { ...program, grinding: { lookup: 25, query: 0 } },
    'more cells than are ever proven': { ...program, blocks: [{ name: 'x', bits: 29 }, ...program.blocks.slice(1)] },
    'tables and no lookup': { ...program, lookups: [] },
    'no room for its public values': { ...program, publicBits: 0 },
  };
  it.each(Object.entries(cases))('%s', (_, changed) => {
    expect(decode(encodeProgram(changed))).toBeUndefined();
  });
});
