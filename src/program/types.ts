// SPDX-License-Identifier: Apache-2.0

/**
 * A program is a list of relations over a witness of field elements. The witness is cut into blocks of 2^bits cells; a tensor is
 * a block with every axis padded to a power of two, first axis on top, so that its multilinear extension is a sub-cube.
 */
export interface Block {
  readonly name: string;
  readonly bits: number;
  /** What every cell is proven to lie in (as a signed integer); absent for cells that are field elements without a size. */
  readonly range?: Range;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** One factor of a Kronecker product: a matrix from some bits of the input index to some bits of the output index. */
export interface Factor {
  /** The output bits [outShift, outShift + outBits) and the input bits [inShift, inShift + inBits); 0 is the lowest bit. */
  readonly outShift: number;
  readonly inShift: number;
  readonly matrix: Matrix;
}

export type Matrix =
  /** y_i = x_i for i < size, y_i = 0 beyond. */
  | { readonly kind: 'identity'; readonly outBits: number; readonly inBits: number; readonly size: number }
  /** y_rows[e] += values[e] * x_cols[e]; values canonical. */
  | {
      readonly kind: 'entries';
      readonly outBits: number;
      readonly inBits: number;
      readonly rows: Uint32Array;
      readonly cols: Uint32Array;
      readonly values: Uint32Array;
    }
  /** y_i += sum_j values[i * cols.length + j] * x_cols[j]; values canonical. */
  | {
      readonly kind: 'dense';
      readonly outBits: number;
      readonly inBits: number;
      readonly cols: Uint32Array;
      readonly values: Uint32Array;
    };

/** Where a form reads: block number b, the multiplicities of table t (as blocks.length + t), or the public vector. */
export type Source = number | 'public';

/** scale * (the Kronecker product of the factors) applied to the source. The factors' segments partition the output bits and the input bits. */
export interface Term {
  readonly source: Source;
  readonly scale: number;
  readonly factors: readonly Factor[];
}

/** A vector of 2^bits virtual cells, each linear in the witness and the public vector; never committed. */
export interface LinearForm {
  readonly bits: number;
  readonly terms: readonly Term[];
}

/** Rows (a, o1, o2) of a public relation, 2^bits of them; row 0 is (0, 0, 0), and rows beyond `size` repeat it. Canonical. */
export interface Table {
  readonly name: string;
  readonly bits: number;
  readonly size: number;
  readonly a: Uint32Array;
  readonly o1?: Uint32Array;
  readonly o2?: Uint32Array;
}

/** For every cell i: (a_i, o1_i, o2_i) is a row of the table. Outputs that a table lacks are absent here too. */
export interface Lookup {
  readonly table: number;
  /** Inputs are field elements on purpose (a limb of one): no claim about integers rests on them. Compile-time only. */
  readonly field?: boolean;
  readonly a: LinearForm;
  readonly o1?: LinearForm;
  readonly o2?: LinearForm;
}

/** a_i * b_i = c_i for every cell i. */
export interface Quadratic {
  readonly a: LinearForm;
  readonly b: LinearForm;
  readonly c: LinearForm;
}

export interface Program {
  readonly name: string;
  readonly blocks: readonly Block[];
  /** Names of the statement's public values, in order; the public vector is 1, then these, then zeros, 2^publicBits cells. */
  readonly publics: readonly string[];
  readonly publicBits: number;
  readonly tables: readonly Table[];
  readonly lookups: readonly Lookup[];
  readonly quadratics: readonly Quadratic[];
  /** Forms all of whose cells are zero. */
  readonly equalities: readonly LinearForm[];
  /** Proof of work in bits before the lookup challenges and before the queries, 0..24. */
  readonly grinding: { readonly lookup: number; readonly query: number };
}

/** The witness of a program in the clear: each block's cells and the public values, canonical. */
export interface Witness {
  readonly blocks: readonly Uint32Array[];
  readonly publics: readonly number[];
  /**
   * What the inputs of some lookups come to, where the maker of the witness knows (it evaluated the network): saves the prover a
   * second evaluation. Wrong ones make a proof that does not verify, never one that verifies wrongly.
   */
  readonly inputs?: ReadonlyMap<number, Uint32Array>;
}
