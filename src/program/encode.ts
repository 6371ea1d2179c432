// SPDX-License-Identifier: Apache-2.0
import { type Hash32, sha256Hex, utf8ToBytes } from '../base/index.ts';
import { sub } from '../field/index.ts';
import type { LinearForm, Matrix, Program } from './types.ts';

export const PROGRAM_FORMAT = 'tacit-program/v2';

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

/**
 * A column as maximal arithmetic progressions: count, first, step (mod p), each as long as it can be, from the top. The columns of a
 * range check are two runs and those of a staircase one a step, so the whole table is in the encoding and still short.
 */
function writeColumn(out: Writer, column: Uint32Array): void {
  const runs: number[] = [];
  for (let from = 0; from < column.length; ) {
    const first = column[from];
    let count = 1;
    let step = 0;
    if (from + 1 < column.length) {
      step = sub(column[from + 1], first);
      count = 2;
      while (from + count < column.length && sub(column[from + count], column[from + count - 1]) === step) count++;
    }
    runs.push(count, first, step);
    from += count;
  }
  out.word(runs.length / 3);
  out.words(Uint32Array.from(runs));
}

/** What tells most matrices apart without a cryptographic hash: kind, sizes and a checksum. */
function sketch(matrix: Matrix): string {
  const { kind, outBits, inBits } = matrix;
  if (kind === 'identity') return `${kind} ${outBits} ${inBits} ${matrix.size}`;
  let sum = 0;
  for (const list of [kind === 'entries' ? matrix.rows : [], matrix.cols, matrix.values])
    for (const x of list) sum = (Math.imul(sum, 31) + x) | 0;
  return `${kind} ${outBits} ${inBits} ${matrix.cols.length} ${matrix.values.length} ${sum}`;
}

/** Numbers matrices by content in the order of their first use: equal matrices have one number, whoever made them. */
class Numbering {
  readonly matrices: Matrix[] = [];
  private readonly known = new Map<Matrix, number>();
  private readonly alike = new Map<string, { readonly first: number; digests: Map<string, number> | undefined }>();

  of(matrix: Matrix): number {
    const known = this.known.get(matrix) ?? this.find(matrix);
    this.known.set(matrix, known);
    return known;
  }

  private find(matrix: Matrix): number {
    const key = sketch(matrix);
    const found = this.alike.get(key);
    if (found === undefined) {
      const first = this.matrices.push(matrix) - 1;
      this.alike.set(key, { first, digests: undefined });
      return first;
    }
    // Only here a hash is needed: a checksum can be made to collide.
    found.digests ??= new Map([[digest(this.matrices[found.first]), found.first]]);
    const mine = digest(matrix);
    const number = found.digests.get(mine) ?? this.matrices.push(matrix) - 1;
    found.digests.set(mine, number);
    return number;
  }
}

function digest(matrix: Matrix): string {
  const out = new Writer();
  writeMatrix(out, matrix);
  return sha256Hex(out.finish());
}

/**
 * One byte string per program: everything that a verifier needs, in a fixed order, every list behind its length; equal matrices are
 * written once and named by number, table columns are written as runs. Whoever has these bytes can check a proof without the
 * compiler: verify/reference does (docs/protocol.md, section 2).
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
    for (const column of [table.a, table.o1, table.o2]) if (column !== undefined) writeColumn(out, column);
  }
  const numbering = new Numbering();
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
        body.word(numbering.of(factor.matrix));
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
  out.word(numbering.matrices.length);
  for (const matrix of numbering.matrices) writeMatrix(out, matrix);
  out.raw(body.finish());
  return out.finish();
}

export const programHash = (encoded: Uint8Array): Hash32 => sha256Hex(encoded);
