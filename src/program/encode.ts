// SPDX-License-Identifier: Apache-2.0
import { type Hash32, sha256, sha256Hex, utf8ToBytes } from '../base/index.ts';
import type { LinearForm, Matrix, Program, Table } from './types.ts';

export const PROGRAM_FORMAT = 'tacit-program/v1';

/** Little-endian words and length-prefixed strings, in order. */
class Writer {
  private readonly parts: Uint8Array[] = [];

  word(value: number): void {
    this.words(Uint32Array.of(value));
  }

  /** Without a length: the reader knows it, or it was written before. */
  words(values: Uint32Array): void {
    const bytes = new Uint8Array(4 * values.length);
    const view = new DataView(bytes.buffer);
    values.forEach((value, i) => {
      view.setUint32(4 * i, value, true);
    });
    this.parts.push(bytes);
  }

  counted(values: Uint32Array): void {
    this.word(values.length);
    this.words(values);
  }

  text(value: string): void {
    const bytes = utf8ToBytes(value);
    this.word(bytes.length);
    this.parts.push(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.parts.push(bytes);
  }

  finish(): Uint8Array {
    // Not concatBytes: a large program has more parts than a call may have arguments.
    const out = new Uint8Array(this.parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

const kinds = { identity: 0, entries: 1, dense: 2 } as const;

function writeMatrix(out: Writer, matrix: Matrix): void {
  out.word(kinds[matrix.kind]);
  out.word(matrix.outBits);
  out.word(matrix.inBits);
  if (matrix.kind === 'identity') out.word(matrix.size);
  else {
    if (matrix.kind === 'entries') out.counted(matrix.rows);
    out.counted(matrix.cols);
    out.counted(matrix.values);
  }
}

function tableDigest({ a, o1, o2 }: Table): Uint8Array {
  const out = new Writer();
  out.words(a);
  if (o1 !== undefined) out.words(o1);
  if (o2 !== undefined) out.words(o2);
  return sha256(out.finish());
}

/**
 * One byte string per program: everything that has a meaning, in a fixed order, every list behind its length; matrices that are
 * shared between terms are written once and named by number. Table columns enter as their SHA-256.
 */
export function encodeProgram(program: Program): Uint8Array {
  const out = new Writer();
  out.text(PROGRAM_FORMAT);
  out.text(program.name);
  out.word(program.grinding.lookup);
  out.word(program.grinding.query);
  out.word(program.blocks.length);
  for (const block of program.blocks) {
    out.text(block.name);
    out.word(block.bits);
  }
  out.word(program.publicBits);
  out.word(program.publics.length);
  for (const name of program.publics) out.text(name);
  out.word(program.tables.length);
  for (const table of program.tables) {
    out.text(table.name);
    out.word(table.bits);
    out.word((table.o1 === undefined ? 0 : 1) + (table.o2 === undefined ? 0 : 2));
    out.raw(tableDigest(table));
  }
  const numbers = new Map<Matrix, number>();
  const body = new Writer();
  const form = (linear: LinearForm): void => {
    body.word(linear.bits);
    body.word(linear.terms.length);
    for (const term of linear.terms) {
      body.word(term.source === 'public' ? 0xffffffff : term.source);
      body.word(term.scale);
      body.word(term.factors.length);
      for (const factor of term.factors) {
        body.word(factor.outShift);
        body.word(factor.inShift);
        let number = numbers.get(factor.matrix);
        if (number === undefined) {
          number = numbers.size;
          numbers.set(factor.matrix, number);
        }
        body.word(number);
      }
    }
  };
  body.word(program.lookups.length);
  for (const lookup of program.lookups) {
    body.word(lookup.table);
    body.word((lookup.o1 === undefined ? 0 : 1) + (lookup.o2 === undefined ? 0 : 2));
    form(lookup.a);
    if (lookup.o1 !== undefined) form(lookup.o1);
    if (lookup.o2 !== undefined) form(lookup.o2);
  }
  body.word(program.quadratics.length);
  for (const { a, b, c } of program.quadratics) for (const linear of [a, b, c]) form(linear);
  body.word(program.equalities.length);
  for (const linear of program.equalities) form(linear);
  out.word(numbers.size);
  for (const matrix of numbers.keys()) writeMatrix(out, matrix);
  out.raw(body.finish());
  return out.finish();
}

export const programHash = (encoded: Uint8Array): Hash32 => sha256Hex(encoded);
