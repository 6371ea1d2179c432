// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { checkProgram, formRange } from './check.ts';
import { axesOf, bitsOf, formOf, type Tensor, type Virtual, whole } from './linear.ts';
import type { Block, LinearForm, Lookup, Program, Quadratic, Range, Table } from './types.ts';
import { Work } from './work.ts';

/** Bits of work that a program asks for unless it says otherwise: before the lookups' challenges, and before the queries. */
export const GRINDING: Grinding = { lookup: 16, query: 16 };

export interface Grinding {
  readonly lookup: number;
  readonly query: number;
}

/** Collects blocks and relations; `finish` checks the whole and returns the program. Public values are named at the start. */
export class ProgramBuilder {
  readonly publicBits: number;
  /** What making the program takes; whoever takes networks from others sets a limit. */
  readonly work: Work;
  private readonly name: string;
  private readonly publics: readonly string[];
  private readonly grinding: Grinding;
  readonly blocks: Block[] = [];
  private readonly tables: Table[] = [];
  private readonly lookups: Lookup[] = [];
  private readonly quadratics: Quadratic[] = [];
  private readonly equalities: LinearForm[] = [];

  constructor(name: string, publics: readonly string[], grinding: Grinding = GRINDING, work = new Work()) {
    this.work = work;
    this.name = name;
    this.publics = publics;
    this.publicBits = Math.ceil(Math.log2(publics.length + 1));
    this.grinding = grinding;
  }

  /** A committed tensor. With a range, some lookup has to prove it. */
  block(name: string, sizes: readonly number[], range?: Range): Tensor {
    const axes = axesOf(sizes);
    this.blocks.push({ name, bits: bitsOf(axes), ...(range === undefined ? {} : { range }) });
    return { source: this.blocks.length - 1, axes };
  }

  /** Interval arithmetic over what is declared so far; undefined for field elements. */
  rangeOf(form: LinearForm): Range | undefined {
    return formRange(this, form, this.work);
  }

  /** Registers a table once; the same object twice is the same table. */
  table(table: Table): number {
    const known = this.tables.indexOf(table);
    return known >= 0 ? known : this.tables.push(table) - 1;
  }

  /** Proves that every cell of x is in the range table. */
  ranged(x: Tensor, table: Table): void {
    this.lookups.push({ table: this.table(table), a: whole(x) });
    invariant(table.o1 === undefined, 'ranged: the table has outputs');
  }

  /** Commits f(a) for the table (a, f(a)): one cell an activation. */
  apply(name: string, a: Virtual, table: Table): Tensor {
    invariant(table.o1 !== undefined && table.o2 === undefined, 'apply: the table must have one output');
    const out = this.block(
      name,
      a.axes.map(({ size }) => size),
      columnRange(table.o1),
    );
    this.lookups.push({ table: this.table(table), a: formOf(a), o1: whole(out) });
    return out;
  }

  /** Adds the lookup and returns its number. */
  lookup(lookup: Lookup): number {
    return this.lookups.push(lookup) - 1;
  }

  product(a: LinearForm, b: LinearForm, c: LinearForm): void {
    this.quadratics.push({ a, b, c });
  }

  /** Every cell of the form is zero. */
  zero(form: LinearForm): void {
    this.equalities.push(form);
  }

  finish(): Program {
    const { name, blocks, publics, publicBits, tables, lookups, quadratics, equalities, grinding } = this;
    const program: Program = { name, blocks, publics, publicBits, tables, lookups, quadratics, equalities, grinding };
    checkProgram(program, this.work);
    return program;
  }
}

/** Least and greatest signed value of a column. */
export function columnRange(column: Uint32Array): Range {
  let min = 0;
  let max = 0;
  for (const x of column) {
    const signed = x > 0x3f800000 ? x - 0x7f000001 : x;
    min = Math.min(min, signed);
    max = Math.max(max, signed);
  }
  return { min, max };
}
