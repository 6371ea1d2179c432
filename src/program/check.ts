// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { isCanonical, P, toSigned } from '../field/index.ts';
import { eachEntry } from './forms.ts';
import type { Factor, LinearForm, Matrix, Program, Range, Table } from './types.ts';
import { FACTOR, Work } from './work.ts';

/** Integers of a lookup's input must stay inside this, or two of them could share a residue. */
export const INTEGER_BOUND = 2 ** 29;

function partition(factors: readonly Factor[], bits: number, side: 'in' | 'out'): void {
  const segments = factors
    .map(({ outShift, inShift, matrix }) =>
      side === 'out' ? { shift: outShift, bits: matrix.outBits } : { shift: inShift, bits: matrix.inBits },
    )
    .filter((s) => s.bits > 0)
    .sort((a, b) => a.shift - b.shift);
  let at = 0;
  for (const s of segments) {
    invariant(s.shift === at, `program: ${side}put bits of a term are not partitioned`);
    at += s.bits;
  }
  invariant(at === bits, `program: ${side}put bits of a term are not covered`);
}

/** Matrices that were found well formed. */
const wellFormed = new WeakSet<Matrix>();

function checkMatrix(matrix: Matrix): void {
  if (wellFormed.has(matrix)) return;
  if (matrix.kind === 'identity') {
    invariant(matrix.outBits === matrix.inBits && matrix.size <= 2 ** matrix.inBits, 'program: identity does not fit');
    return;
  }
  const width = matrix.cols.length;
  invariant(
    matrix.cols.every((c) => c < 2 ** matrix.inBits) && matrix.values.every(isCanonical),
    'program: a matrix column or value is out of range',
  );
  if (matrix.kind === 'entries') invariant(matrix.rows.length === width && matrix.values.length === width, 'program: ragged entries');
  else invariant(matrix.values.length % width === 0, 'program: ragged rows');
  invariant(
    matrix.kind === 'entries' ? matrix.rows.every((r) => r < 2 ** matrix.outBits) : matrix.values.length / width <= 2 ** matrix.outBits,
    'program: a matrix row is out of range',
  );
  wellFormed.add(matrix);
}

function checkForm(program: Program, form: LinearForm): void {
  for (const term of form.terms) {
    const bits = sourceBits(program, term.source);
    partition(term.factors, form.bits, 'out');
    partition(term.factors, bits, 'in');
    invariant(isCanonical(term.scale), 'program: scale is not canonical');
    for (const { matrix } of term.factors) checkMatrix(matrix);
  }
}

/** Bits of what a term reads: a block, the multiplicities of a table, or the public vector. */
export function sourceBits(program: Program, source: LinearForm['terms'][number]['source']): number {
  if (source === 'public') return program.publicBits;
  const bits = program.blocks[source]?.bits ?? program.tables[source - program.blocks.length]?.bits;
  invariant(bits !== undefined, 'program: no such source');
  return bits;
}

function checkTable(table: Table): void {
  const rows = 2 ** table.bits;
  for (const column of [table.a, table.o1, table.o2]) {
    if (column === undefined) continue;
    invariant(column.length === rows && column.every(isCanonical), `program: table ${table.name} has a bad column`);
    invariant(
      column[0] === 0 && column.subarray(table.size).every((x) => x === 0),
      `program: table ${table.name} does not start and end with (0, 0)`,
    );
  }
  invariant(table.bits >= 1 && (table.o2 === undefined || table.o1 !== undefined), `program: table ${table.name} lacks its first output`);
}

const largest = new WeakMap<Matrix, number>();

function largestEntry(matrix: Matrix): number {
  if (matrix.kind === 'identity') return 1;
  const known = largest.get(matrix) ?? matrix.values.reduce((most, x) => Math.max(most, Math.abs(toSigned(x))), 0);
  largest.set(matrix, known);
  return known;
}

/** Sums of the positive and of the negative entries of each row of a matrix, and whether some entry lies beyond column 0. */
interface RowSums {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
  readonly beyondFirst: boolean;
  readonly empty: boolean;
}

const rowSums = new WeakMap<Matrix, RowSums>();

function sumsOf(matrix: Matrix): RowSums {
  const known = rowSums.get(matrix);
  if (known !== undefined) return known;
  const positive = new Float64Array(2 ** matrix.outBits);
  const negative = new Float64Array(2 ** matrix.outBits);
  let beyondFirst = false;
  let empty = true;
  eachEntry(matrix, (row, col, value) => {
    const c = toSigned(value);
    if (c > 0) positive[row] += c;
    else negative[row] -= c;
    beyondFirst ||= c !== 0 && col !== 0;
    empty &&= c === 0;
  });
  const sums = { positive, negative, beyondFirst, empty };
  rowSums.set(matrix, sums);
  return sums;
}

/**
 * Least and greatest integer that any cell of the form can take, by interval arithmetic; undefined when it reads a block without
 * a range or a public value (those are field elements), when a coefficient is no integer of the field, or when some sum could pass 2^53,
 * below which alone doubles add integers exactly, however much of it cancels. The sums of a row of a
 * Kronecker product are products of its factors' row sums, so a step is one per cell and term, never one per multiply-accumulate.
 */
export function formRange(program: Pick<Program, 'blocks'>, form: LinearForm, work = new Work()): Range | undefined {
  work.spend(2 ** form.bits * form.terms.length);
  const low = new Float64Array(2 ** form.bits);
  const high = new Float64Array(2 ** form.bits);
  const reach = new Float64Array(2 ** form.bits);
  for (const { source, scale, factors } of form.terms) {
    // Coefficients are products of the factors' entries: as integers they must be what they are in the field.
    const most = factors.reduce((product, { matrix }) => product * largestEntry(matrix), Math.abs(toSigned(scale)));
    if (most > (P - 1) / 2) return undefined;
    const range = source === 'public' ? { min: 1, max: 1 } : program.blocks[source]?.range;
    if (range === undefined) return undefined;
    const sums = factors.map(({ matrix, outShift }) => ({ ...sumsOf(matrix), outShift }));
    if (scale === 0 || sums.some(({ empty }) => empty)) continue;
    if (source === 'public' && sums.some(({ beyondFirst }) => beyondFirst)) return undefined;
    const walk = (f: number, at: number, positive: number, negative: number): void => {
      const sum = sums[f];
      if (sum === undefined) {
        low[at] += positive * range.min - negative * range.max;
        high[at] += positive * range.max - negative * range.min;
        reach[at] += (positive + negative) * Math.max(range.max, -range.min);
        return;
      }
      const step = 2 ** sum.outShift;
      for (let row = 0; row < sum.positive.length; row++) {
        const [p, n] = [sum.positive[row], sum.negative[row]];
        if (p !== 0 || n !== 0) walk(f + 1, at + row * step, positive * p + negative * n, positive * n + negative * p);
      }
    };
    const s = toSigned(scale);
    walk(0, 0, Math.max(s, 0), Math.max(-s, 0));
  }
  if (reach.some((x) => !(x <= Number.MAX_SAFE_INTEGER))) return undefined;
  return { min: low.reduce((a, b) => Math.min(a, b), 0), max: high.reduce((a, b) => Math.max(a, b), 0) };
}

/** Range of a product cell by cell; of a square when both sides are one form. */
export function productRange(x: Range, y: Range, square: boolean): Range {
  const corners = [x.min * y.min, x.min * y.max, x.max * y.min, x.max * y.max, 0];
  return { min: square ? 0 : Math.min(...corners), max: Math.max(...corners) };
}

/** Whether the term is -1 times true cells of block b, each in place. */
const isMinusBlock = ({ source, scale, factors }: LinearForm['terms'][number], b: number): boolean =>
  source === b &&
  toSigned(scale) === -1 &&
  factors.every(({ matrix, outShift, inShift }) => matrix.kind === 'identity' && outShift === inShift);

/** Whether the form is block `b`, every cell of it once, in place. */
function isWhole(program: Program, form: LinearForm | undefined, b: number): boolean {
  const term = form?.terms[0];
  return (
    form !== undefined &&
    form.terms.length === 1 &&
    term?.source === b &&
    term.scale === 1 &&
    term.factors.every(
      ({ matrix, outShift, inShift }) => matrix.kind === 'identity' && outShift === inShift && matrix.size === 2 ** matrix.inBits,
    ) &&
    form.bits === program.blocks[b].bits
  );
}

/** Whether all that the forms read was made before block b: ranges must not be proven in a circle. */
const isEarlier = (forms: readonly Pick<LinearForm, 'terms'>[], b: number): boolean =>
  forms.every(({ terms }) => terms.every(({ source }) => source === 'public' || source < b));

const columnsRead = new WeakMap<Matrix, readonly number[]>();

function columnsOf(matrix: Matrix): readonly number[] {
  const known = columnsRead.get(matrix);
  if (known !== undefined) return known;
  const read = new Set<number>();
  eachEntry(matrix, (_, col, value) => {
    if (value !== 0) read.add(col);
  });
  const columns = [...read];
  columnsRead.set(matrix, columns);
  return columns;
}

/** Visits every input cell that the term reads, once: a step a cell, never one a multiply-accumulate. */
function eachInput({ factors }: LinearForm['terms'][number], visit: (input: number) => void): void {
  const walk = (f: number, at: number): void => {
    const factor = factors[f];
    if (factor === undefined) visit(at);
    else for (const col of columnsOf(factor.matrix)) walk(f + 1, at + col * 2 ** factor.inShift);
  };
  walk(0, 0);
}

/** Whether some relation reads cells of block b that the term does not touch: an equality of true cells says nothing of those. */
function readsBeyond(program: Program, b: number, term: LinearForm['terms'][number], work: Work): boolean {
  const covered = new Uint8Array(2 ** program.blocks[b].bits);
  eachInput(term, (input) => {
    covered[input] = 1;
  });
  const { lookups, quadratics, equalities } = program;
  const forms = [...lookups.flatMap(({ a, o1, o2 }) => [a, o1, o2]), ...quadratics.flatMap(({ a, b: y, c }) => [a, y, c]), ...equalities];
  let beyond = false;
  for (const form of forms)
    for (const reading of form?.terms ?? []) {
      work.spend(reading.source === b ? covered.length : 1);
      if (reading.source === b)
        eachInput(reading, (input) => {
          beyond ||= covered[input] === 0;
        });
    }
  return beyond;
}

const inside = (column: Uint32Array | undefined, { min, max }: Range): boolean =>
  column?.every((x) => toSigned(x) >= min && toSigned(x) <= max) ?? false;

/**
 * Throws InvariantError unless the program is well formed and its promises are facts: every declared range is proven by a lookup
 * of the whole block, or by a product or sum of earlier blocks (a sum of true cells only where no padding is read), and no integer input of a lookup can wrap around the field. Run where programs are made; a verifier
 * trusts the program's hash instead.
 */
export function checkProgram(program: Program, work = new Work()): void {
  const { blocks, tables, lookups, quadratics, equalities, grinding } = program;
  invariant(program.publics.length < 2 ** program.publicBits || program.publics.length === 0, 'program: public vector too short');
  invariant(
    [grinding.lookup, grinding.query].every((g) => Number.isInteger(g) && g >= 0 && g <= 24),
    'program: grinding out of range',
  );
  invariant(lookups.length === 0 || tables.length > 0, 'program: lookups without tables');
  const forms = [...lookups.flatMap(({ a, o1, o2 }) => [a, o1, o2]), ...quadratics.flatMap(({ a, b, c }) => [a, b, c]), ...equalities];
  const terms = forms.flatMap((form) => form?.terms ?? []);
  work.spend(terms.reduce((sum, { factors }) => sum + FACTOR * factors.length, 0));
  // Each block looks for what proves its range.
  work.spend(blocks.length * (lookups.length + quadratics.length + equalities.reduce((sum, form) => sum + form.terms.length, 0)));
  invariant(new Set(tables.map(({ name }) => name)).size === tables.length, 'program: two tables of one name');
  tables.forEach(checkTable);
  for (const { table, a, o1, o2, field } of lookups) {
    const target = tables[table];
    invariant(target !== undefined, 'program: lookup in no table');
    invariant(
      (o1 === undefined) === (target.o1 === undefined) && (o2 === undefined) === (target.o2 === undefined),
      'program: lookup and table differ in outputs',
    );
    for (const form of [a, o1, o2]) if (form !== undefined) checkForm(program, form);
    invariant((o1?.bits ?? a.bits) === a.bits && (o2?.bits ?? a.bits) === a.bits, 'program: lookup of unequal sizes');
    const range = formRange(program, a, work);
    // A field element has no size: only a gadget that means it (`field`) may look one up.
    invariant(range !== undefined || field === true, 'program: a lookup input has no proven range');
    invariant(
      field === true || range === undefined || (range.min > -INTEGER_BOUND && range.max < INTEGER_BOUND),
      'program: a lookup input could wrap around',
    );
  }
  for (const { a, b, c } of quadratics) {
    for (const form of [a, b, c]) checkForm(program, form);
    invariant(a.bits === b.bits && b.bits === c.bits, 'program: quadratic of unequal sizes');
  }
  for (const form of equalities) checkForm(program, form);
  blocks.forEach(({ name, range }, b) => {
    if (range === undefined) return;
    // A product is as large as its factors allow; their own ranges are proven elsewhere.
    const multiplied = quadratics.some(({ a, b: second, c }) => {
      if (!isWhole(program, c, b) || !isEarlier([a, second], b)) return false;
      const [x, y] = [formRange(program, a, work), formRange(program, second, work)];
      if (x === undefined || y === undefined) return false;
      const product = productRange(x, y, a === second);
      return product.max < INTEGER_BOUND && product.min > -INTEGER_BOUND && product.min >= range.min && product.max <= range.max;
    });
    // A committed linear map is as large as what it equals.
    const equal = equalities.some((form) => {
      const [own, ...more] = form.terms.filter((term) => isMinusBlock(term, b));
      const others = form.terms.filter((term) => term !== own);
      if (own === undefined || more.length > 0 || !isEarlier([{ terms: others }], b) || readsBeyond(program, b, own, work)) return false;
      const value = formRange(program, { ...form, terms: others }, work);
      return (
        value !== undefined && value.min >= range.min && value.max <= range.max && value.min > -INTEGER_BOUND && value.max < INTEGER_BOUND
      );
    });
    const proven =
      multiplied ||
      equal ||
      lookups.some(
        ({ table, a, o1, o2 }) =>
          (isWhole(program, o1, b) && inside(tables[table].o1, range)) ||
          (isWhole(program, o2, b) && inside(tables[table].o2, range)) ||
          (isWhole(program, a, b) && inside(tables[table].a, range)),
      );
    invariant(proven, `program: nothing proves the range of block ${name}`);
  });
}
