// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { mul, P, toSigned } from '../field/index.ts';
import { evaluateForm } from './evaluate.ts';
import { reader } from './forms.ts';
import type { LinearForm, Program, Source, Table, Witness } from './types.ts';

/** The virtual cells of one lookup: its inputs and outputs. */
export interface LookupCells {
  readonly a: Uint32Array;
  readonly o1?: Uint32Array;
  readonly o2?: Uint32Array;
}

/** The source that a form is, cell by cell; undefined for any other form. */
export function wholeSource(form: LinearForm): Source | undefined {
  const [term] = form.terms;
  const plain =
    form.terms.length === 1 &&
    term?.scale === 1 &&
    term.factors.length === 1 &&
    term.factors.every(({ matrix }) => matrix.kind === 'identity' && matrix.inBits === form.bits && matrix.size === 2 ** form.bits);
  return plain ? term?.source : undefined;
}

/**
 * Inputs and outputs of every lookup: the witness's own arrays where it has them (not copied), evaluated where it does not. Arrays
 * made here are also put into `made`, for a caller who overwrites them.
 */
export function lookupCells(program: Program, witness: Witness, made: Uint32Array[] = []): LookupCells[] {
  const read = reader(program, witness);
  const cellsOf = (form: LinearForm): Uint32Array => {
    const source = wholeSource(form);
    if (source !== undefined) return read(source);
    const cells = evaluateForm(form, read);
    made.push(cells);
    return cells;
  };
  return program.lookups.map(({ a, o1, o2 }, l) => ({
    a: witness.inputs?.get(l) ?? cellsOf(a),
    ...(o1 === undefined ? {} : { o1: cellsOf(o1) }),
    ...(o2 === undefined ? {} : { o2: cellsOf(o2) }),
  }));
}

/** Where the rows of a table are: by signed input minus `min`, or (inputs with gaps or repetitions) in lists by input. */
type Index =
  | { readonly kind: 'dense'; readonly min: number; readonly rows: Int32Array }
  | { readonly kind: 'sparse'; readonly rows: ReadonlyMap<number, readonly number[]> };
const indexes = new WeakMap<Table, Index>();

function indexOf(table: Table): Index {
  const known = indexes.get(table);
  if (known !== undefined) return known;
  let min = 0;
  for (let row = 0; row < table.size; row++) min = Math.min(min, toSigned(table.a[row]));
  const rows = new Int32Array(table.size).fill(-1);
  let dense = true;
  for (let row = 0; row < table.size && dense; row++) {
    const at = toSigned(table.a[row]) - min;
    dense = at < table.size && rows[at] < 0;
    rows[at] = row;
  }
  let made: Index = { kind: 'dense', min, rows };
  if (!dense) {
    const lists = new Map<number, number[]>();
    for (let row = 0; row < table.size; row++) {
      const list = lists.get(table.a[row]);
      if (list === undefined) lists.set(table.a[row], [row]);
      else list.push(row);
    }
    made = { kind: 'sparse', rows: lists };
  }
  indexes.set(table, made);
  return made;
}

/** Number of the row (a_i, o1_i, o2_i), -1 where there is none; into `visit`, cell by cell. */
function eachRow(table: Table, { a, o1, o2 }: LookupCells, visit: (row: number, cell: number) => void): void {
  const index = indexOf(table);
  const absent = table.o1 === undefined || table.o2 === undefined || o1 === undefined || o2 === undefined;
  const zeros = new Uint32Array(absent ? Math.max(a.length, table.a.length) : 0);
  const [t1, t2, c1, c2] = [table.o1 ?? zeros, table.o2 ?? zeros, o1 ?? zeros, o2 ?? zeros];
  if (index.kind === 'dense') {
    const { min, rows } = index;
    for (let i = 0; i < a.length; i++) {
      const x = a[i];
      const at = (x > P / 2 ? x - P : x) - min;
      const row = at >= 0 && at < rows.length ? rows[at] : -1;
      visit(row >= 0 && t1[row] === c1[i] && t2[row] === c2[i] ? row : -1, i);
    }
  } else for (let i = 0; i < a.length; i++) visit(index.rows.get(a[i])?.find((row) => t1[row] === c1[i] && t2[row] === c2[i]) ?? -1, i);
}

/**
 * How often each row is looked up, the filler cells that complete the lookup tree included (they count as row 0 of table 0).
 * A lookup that is in no row is counted nowhere; the first one is named in `broken`, in words for a developer.
 */
export function multiplicities(
  program: Program,
  cells: readonly LookupCells[],
  filler: number,
): { readonly counts: Uint32Array[]; readonly missing: number; readonly broken: string | undefined } {
  const counts = program.tables.map((table) => new Uint32Array(2 ** table.bits));
  let missing = 0;
  let broken: string | undefined;
  program.lookups.forEach(({ table }, l) => {
    const count = counts[table];
    eachRow(program.tables[table], cells[l], (row, i) => {
      if (row >= 0) count[row]++;
      else {
        missing++;
        broken ??= `lookup ${l} (${program.tables[table].name}), cell ${i}`;
      }
    });
  });
  if (filler > 0) {
    invariant(counts.length > 0, 'multiplicities: filler without a table');
    counts[0][0] += filler;
  }
  return { counts, missing, broken };
}

/** Both factors and the product of every quadratic, cell by cell. */
export interface QuadraticCells {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly c: Uint32Array;
}

export function quadraticCells(program: Program, witness: Witness): QuadraticCells[] {
  const read = reader(program, witness);
  return program.quadratics.map(({ a, b, c }) => ({
    a: evaluateForm(a, read),
    b: evaluateForm(b, read),
    c: evaluateForm(c, read),
  }));
}

/** The first quadratic or equality that a witness breaks, in words for a developer; undefined when all hold. */
export function brokenEquation(
  program: Program,
  witness: Witness,
  quadratics: readonly QuadraticCells[] = quadraticCells(program, witness),
): string | undefined {
  for (const [k, { a, b, c }] of quadratics.entries())
    for (let i = 0; i < a.length; i++) if (mul(a[i], b[i]) !== c[i]) return `quadratic ${k}, cell ${i}`;
  const read = reader(program, witness);
  for (const [e, form] of program.equalities.entries()) {
    const at = evaluateForm(form, read).findIndex((x) => x !== 0);
    if (at >= 0) return `equality ${e}, cell ${at}`;
  }
  return undefined;
}

/** The first relation of any kind that a witness breaks; evaluates every form, believing none of the witness's own inputs. */
export function brokenRelation(program: Program, witness: Witness): string | undefined {
  const cells = lookupCells(program, { blocks: witness.blocks, publics: witness.publics });
  return multiplicities(program, cells, 0).broken ?? brokenEquation(program, witness);
}
