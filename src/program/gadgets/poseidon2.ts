// SPDX-License-Identifier: Apache-2.0
import { add, externalLayer, FULL_ROUNDS, internalLayer, mul, PARTIAL_ROUNDS, ROUND_CONSTANTS, WIDTH } from '../../field/index.ts';
import type { ProgramBuilder } from '../builder.ts';
import { axesOf, bitsOf, entriesMatrix, formOf, identityMatrix, shiftsOf, type Tensor, type Virtual, whole } from '../linear.ts';
import type { Factor, Matrix, Term } from '../types.ts';

/** S-boxes of one permutation: all cells of every full round, cell 0 of every partial one. */
export const SBOXES = WIDTH * FULL_ROUNDS + PARTIAL_ROUNDS;

/** Coefficients on (16 input cells, the cubes, 1). */
type Affine = readonly number[];
const LENGTH = WIDTH + SBOXES + 1;

const unit = (i: number): Affine => Array.from({ length: LENGTH }, (_, j) => (i === j ? 1 : 0));
const plus = (a: Affine, constant: number): Affine => a.map((x, j) => (j === LENGTH - 1 ? add(x, constant) : x));
/** Applies a linear layer of numbers to affine forms, coefficient by coefficient. */
const through = (layer: (state: readonly number[]) => number[], state: readonly Affine[]): Affine[] => {
  const columns = Array.from({ length: LENGTH }, (_, j) => layer(state.map((a) => a[j])));
  return state.map((_, i) => columns.map((column) => column[i]));
};

/** The permutation between S-boxes: what enters each one, and what comes out at the end, as affine forms. */
function linearParts(): { readonly inputs: readonly Affine[]; readonly outputs: readonly Affine[] } {
  let state: Affine[] = through(
    externalLayer,
    Array.from({ length: WIDTH }, (_, i) => unit(i)),
  );
  const inputs: Affine[] = [];
  const box = (entering: Affine): Affine => unit(WIDTH + inputs.push(entering) - 1);
  const full = (constants: readonly number[]): void => {
    state = through(
      externalLayer,
      state.map((a, i) => box(plus(a, constants[i]))),
    );
  };
  ROUND_CONSTANTS.initial.forEach(full);
  for (const constant of ROUND_CONSTANTS.partial) {
    const [first, ...rest] = state;
    state = through(internalLayer, [box(plus(first, constant)), ...rest]);
  }
  ROUND_CONSTANTS.final.forEach(full);
  return { inputs, outputs: state };
}

const parts = linearParts();

/** Some rows of the affine forms, as one matrix from the inputs, one from the cubes, one column of constants. */
function matrices(
  rows: readonly Affine[],
  publicBits: number,
): { readonly state: Matrix; readonly cubes: Matrix; readonly constant: Matrix } {
  const bits = Math.ceil(Math.log2(rows.length));
  const block = (from: number, length: number, inBits: number): Matrix =>
    entriesMatrix(
      bits,
      inBits,
      rows.flatMap((row, i) => Array.from({ length }, (_, j) => [i, j, row[from + j]] as const)),
    );
  const [cubeAxis] = axesOf([SBOXES]);
  return { state: block(0, WIDTH, 4), cubes: block(WIDTH, SBOXES, cubeAxis.bits), constant: block(LENGTH - 1, 1, publicBits) };
}

export interface Permutations {
  /** Committed inputs, (count, 16). */
  readonly state: Tensor;
  /** The first `width` output cells of permutation p as cells of row place(p), for those p that have a place; with the input added if `forward`. */
  output(rows: Matrix, width: number, forward: boolean): Virtual;
  /** Squares and cubes for given inputs (count x 16 canonical numbers). */
  fill(inputs: readonly number[]): readonly { readonly block: number; readonly cells: Uint32Array }[];
}

/**
 * `count` Poseidon2 permutations side by side: 16 + 2 * 148 cells each, a quadratic for every square and every cube, nothing for
 * the linear layers. The caller binds `state`.
 */
export function permutations(b: ProgramBuilder, name: string, count: number): Permutations {
  const state = b.block(`${name} state`, [count, WIDTH]);
  const squares = b.block(`${name} squares`, [count, SBOXES]);
  const cubes = b.block(`${name} cubes`, [count, SBOXES]);
  const instances = identityMatrix(state.axes[0]);
  /** Affine rows of each permutation, its instance axis mapped by `place`. */
  const affine = (rows: readonly Affine[], place: Matrix, outputs: number): Virtual => {
    const axes = [{ size: 2 ** place.outBits, bits: place.outBits }, ...axesOf([outputs])];
    const inner = matrices(rows, b.publicBits);
    const [top] = shiftsOf(axes);
    const term = (tensor: Tensor, matrix: Matrix): Term => ({
      source: tensor.source,
      scale: 1,
      factors: [
        { outShift: top, inShift: shiftsOf(tensor.axes)[0], matrix: place },
        { outShift: 0, inShift: 0, matrix },
      ],
    });
    const constantFactors: Factor[] = [
      { outShift: top, inShift: 0, matrix: rowsOnly(place) },
      { outShift: 0, inShift: 0, matrix: inner.constant },
    ];
    return { axes, terms: [term(state, inner.state), term(cubes, inner.cubes), { source: 'public', scale: 1, factors: constantFactors }] };
  };
  const entering = formOf(affine(parts.inputs, instances, SBOXES));
  b.product(entering, entering, whole(squares));
  b.product(whole(squares), entering, whole(cubes));
  const numberOf = (tensor: Tensor): number => tensor.source as number;
  return {
    state,
    output: (place, width, forward) => {
      const rows = parts.outputs.slice(0, width).map((row, i) => (forward ? row.map((x, j) => (j === i ? add(x, 1) : x)) : row));
      return affine(rows, place, width);
    },
    fill: (inputs) => {
      const [squareCells, cubeCells] = [new Uint32Array(2 ** bitsOf(squares.axes)), new Uint32Array(2 ** bitsOf(cubes.axes))];
      const stride = 2 ** squares.axes[1].bits;
      for (let p = 0; p < count; p++) {
        const known = [...inputs.slice(p * WIDTH, (p + 1) * WIDTH)];
        parts.inputs.forEach((row, i) => {
          let x = row[LENGTH - 1];
          known.forEach((value, j) => {
            if (row[j] !== 0) x = add(x, mul(row[j], value));
          });
          squareCells[p * stride + i] = mul(x, x);
          cubeCells[p * stride + i] = mul(mul(x, x), x);
          known.push(cubeCells[p * stride + i]);
        });
      }
      const cells = new Uint32Array(2 ** bitsOf(state.axes));
      cells.set(inputs);
      return [
        { block: numberOf(state), cells },
        { block: numberOf(squares), cells: squareCells },
        { block: numberOf(cubes), cells: cubeCells },
      ];
    },
  };
}

/** The column of row sums of a 0/1 placement: where a constant belongs. */
function rowsOnly(place: Matrix): Matrix {
  const rows =
    place.kind === 'identity' ? Array.from({ length: place.size }, (_, i) => i) : place.kind === 'entries' ? [...place.rows] : [];
  return entriesMatrix(
    place.outBits,
    0,
    rows.map((row) => [row, 0, 1] as const),
  );
}
