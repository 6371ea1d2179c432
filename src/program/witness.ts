// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { mul, toSigned } from '../field/index.ts';
import { evaluateForm } from './evaluate.ts';
import { reader } from './forms.ts';
import type { LinearForm, Program, Source, Table, Witness } from './types.ts';

/** The virtual cells of one lookup: its inputs and outputs. */
export interface LookupCells {
  readonly a: Uint32Array;
  readonly o1?: Uint32Array;
  readonly o2?: Uint32Array;
}

/** A form that is a whole block needs no evaluation. */
function cellsOf(form: LinearForm, read: (source: Source) => Uint32Array): Uint32Array {
  const [term] = form.terms;
  const plain =
    form.terms.length === 1 &&
    term?.scale === 1 &&
    term.factors.length === 1 &&
    term.factors.every(({ matrix }) => matrix.kind === 'identity' && matrix.inBits === form.bits && matrix.size === 2 ** form.bits);
  return plain && term !== undefined ? read(term.source).slice() : evaluateForm(form, read);
}

export function lookupCells(program: Program, witness: Witness): LookupCells[] {
  const read = reader(program, witness);
  return program.lookups.map(({ a, o1, o2 }, l) => ({
    a: witness.inputs?.get(l)?.slice() ?? cellsOf(a, read),
    ...(o1 === undefined ? {} : { o1: cellsOf(o1, read) }),
    ...(o2 === undefined ? {} : { o2: cellsOf(o2, read) }),
  }));
}

type FindRow = (a: number, o1: number, o2: number) => number | undefined;
const finders = new WeakMap<Table, FindRow>();

/** Row number by input and outputs. Inputs without gaps or repetitions are found by subtraction, others by a map. */
export function rowIndex(table: Table): FindRow {
  const known = finders.get(table);
  if (known !== undefined) return known;
  const fits = (row: number, o1: number, o2: number): boolean => (table.o1?.[row] ?? 0) === o1 && (table.o2?.[row] ?? 0) === o2;
  const inputs = Array.from(table.a.subarray(0, table.size), toSigned);
  const min = inputs.reduce((a, b) => Math.min(a, b), 0);
  const max = inputs.reduce((a, b) => Math.max(a, b), 0);
  let find: FindRow;
  if (max - min + 1 === table.size && new Set(inputs).size === table.size) {
    const rows = new Int32Array(table.size);
    inputs.forEach((x, row) => {
      rows[x - min] = row;
    });
    find = (a, o1, o2) => {
      const row = rows[toSigned(a) - min];
      return row !== undefined && fits(row, o1, o2) ? row : undefined;
    };
  } else {
    const index = new Map<number, number[]>();
    for (let i = 0; i < table.size; i++) index.set(table.a[i], [...(index.get(table.a[i]) ?? []), i]);
    find = (a, o1, o2) => index.get(a)?.find((i) => fits(i, o1, o2));
  }
  finders.set(table, find);
  return find;
}

/**
 * How often each row is looked up, the filler cells that complete the lookup tree included (they count as row 0 of table 0).
 * Lookups that are in no row are counted nowhere and returned in `missing`.
 */
export function multiplicities(
  program: Program,
  cells: readonly LookupCells[],
  filler: number,
): { readonly counts: Uint32Array[]; readonly missing: number } {
  const counts = program.tables.map((table) => new Uint32Array(2 ** table.bits));
  const indexes = program.tables.map(rowIndex);
  let missing = 0;
  program.lookups.forEach(({ table }, l) => {
    const { a, o1, o2 } = cells[l];
    const count = counts[table];
    const find = indexes[table];
    for (let i = 0; i < a.length; i++) {
      const row = find(a[i], o1?.[i] ?? 0, o2?.[i] ?? 0);
      if (row === undefined) missing++;
      else count[row]++;
    }
  });
  if (filler > 0) {
    invariant(counts.length > 0, 'multiplicities: filler without a table');
    counts[0][0] += filler;
  }
  return { counts, missing };
}

/**
 * The first relation that a witness breaks, in words for a developer; undefined when all hold. Evaluates every form unless the
 * caller has the lookups' cells already.
 */
export function brokenRelation(
  program: Program,
  witness: Witness,
  cells = lookupCells(program, { blocks: witness.blocks, publics: witness.publics }),
): string | undefined {
  const read = reader(program, witness);
  for (const [l, { table }] of program.lookups.entries()) {
    const find = rowIndex(program.tables[table]);
    const { a, o1, o2 } = cells[l];
    for (let i = 0; i < a.length; i++)
      if (find(a[i], o1?.[i] ?? 0, o2?.[i] ?? 0) === undefined) return `lookup ${l} (${program.tables[table].name}), cell ${i}`;
  }
  for (const [k, quadratic] of program.quadratics.entries()) {
    const [a, b, c] = [quadratic.a, quadratic.b, quadratic.c].map((form) => evaluateForm(form, read));
    for (let i = 0; i < a.length; i++) if (mul(a[i], b[i]) !== c[i]) return `quadratic ${k}, cell ${i}`;
  }
  for (const [e, form] of program.equalities.entries()) {
    const at = evaluateForm(form, read).findIndex((x) => x !== 0);
    if (at >= 0) return `equality ${e}, cell ${at}`;
  }
  return undefined;
}
