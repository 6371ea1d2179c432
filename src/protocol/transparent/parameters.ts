// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../base/index.ts';
import { TWO_ADICITY } from '../../field/index.ts';
import { atMost, SOUNDNESS_FLOOR, type SoundnessInput, soundnessError } from './soundness.ts';

/** How the witness is cut into rows and coded. All of it a function of the program, nothing of it read from a proof. */
export interface Parameters {
  /** log2 of the cells in a row. */
  readonly rowLengthBits: number;
  /** Rows in use, and the bits that number them. */
  readonly rows: number;
  readonly rowBits: number;
  /** log2 of the code length. */
  readonly codeBits: number;
  /** Columns opened, and random coefficients in each row. */
  readonly queries: number;
  /** Levels of the Merkle tree that every proof carries whole. */
  readonly capBits: number;
}

/** What the search must know of a program besides the number of its cells. */
export type Demands = Omit<SoundnessInput, 'innerBits' | 'rowBits' | 'points' | 'coefficients' | 'queries'>;

/** Rows over K that hide the opening (s, z, s'), in F cells of a column. */
export const MASK_CELLS = 12;

const log2Ceil = (x: number): number => Math.ceil(Math.log2(x));

export const soundnessInput = (
  demands: Demands,
  { rowLengthBits, rowBits, codeBits, queries }: Omit<Parameters, 'capBits'>,
): SoundnessInput => ({
  ...demands,
  innerBits: rowLengthBits + rowBits,
  rowBits,
  points: 2 ** codeBits,
  // The row of pads is the longer one when rows are very short.
  coefficients: Math.max(2 ** rowLengthBits, 2 * (rowLengthBits + rowBits) + 1) + queries,
  queries,
});

/** Bytes of the opening, the part of a proof that depends on the cut. */
function openingBytes({ rowLengthBits, rows, rowBits, codeBits, queries, capBits }: Parameters): number {
  const perQuery = 32 + 4 * (rows + MASK_CELLS) + 32 * (codeBits - capBits);
  return queries * perQuery + 32 * 2 ** capBits + 16 * (2 ** rowLengthBits + 2 * queries + 4 * (rowLengthBits + rowBits));
}

const MAX_QUERIES = 400;

/** log2 of the query part of the bound, in floating point: only for where the exact search starts. */
function estimateQueryBits(points: number, rowLength: number, queries: number): number {
  const errors = Math.floor((points - rowLength - queries) / 2);
  let bits = 0;
  for (let i = 0; i < queries; i++) bits -= Math.log2((points - errors - 1 - i) / (points - i));
  return bits;
}

/** The least number of queries that reaches the floor for this cut, if any does: decided by exact fractions alone. */
function leastQueries(demands: Demands, cut: Omit<Parameters, 'capBits' | 'queries'>): number | undefined {
  const points = 2 ** cut.codeBits;
  const rowLength = Math.max(2 ** cut.rowLengthBits, 2 * (cut.rowLengthBits + cut.rowBits) + 1);
  const reaches = (queries: number): boolean =>
    rowLength + queries < points && atMost(soundnessError(soundnessInput(demands, { ...cut, queries })).total, SOUNDNESS_FLOOR);
  const wanted = SOUNDNESS_FLOOR - demands.grinding.query;
  let start = 1;
  while (start < MAX_QUERIES && rowLength + start < points && estimateQueryBits(points, rowLength, start) < wanted - 1) start++;
  while (start > 1 && reaches(start)) start--;
  for (let queries = start; queries <= Math.min(MAX_QUERIES, start + 40); queries++) if (reaches(queries)) return queries;
  return undefined;
}

/**
 * The cut with the least cost: proof bytes plus one for every 128 cells of code (encoding and hashing time). Throws InvariantError
 * when no cut reaches the floor: the program is too large for this field and this grinding.
 */
export function chooseParameters(cells: number, demands: Demands): Parameters {
  let best: Parameters | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let rowLengthBits = 5; rowLengthBits <= Math.max(5, log2Ceil(cells)); rowLengthBits++) {
    const rows = Math.ceil(cells / 2 ** rowLengthBits);
    const rowBits = log2Ceil(rows);
    for (let codeBits = rowLengthBits + 1; codeBits <= Math.min(TWO_ADICITY, rowLengthBits + 7); codeBits++) {
      const floorCost = 16 * 2 ** rowLengthBits + (rows * 2 ** codeBits) / 128;
      if (floorCost >= bestCost) continue;
      const queries = leastQueries(demands, { rowLengthBits, rows, rowBits, codeBits });
      if (queries === undefined) continue;
      const parameters = { rowLengthBits, rows, rowBits, codeBits, queries, capBits: Math.min(codeBits, Math.floor(Math.log2(queries))) };
      const cost = openingBytes(parameters) + ((rows + MASK_CELLS) * 2 ** codeBits) / 128;
      if (cost < bestCost) {
        best = parameters;
        bestCost = cost;
      }
    }
  }
  invariant(best !== undefined, 'chooseParameters: no parameters reach the soundness floor');
  return best;
}
