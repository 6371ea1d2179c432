// SPDX-License-Identifier: Apache-2.0
import { INTEGER_LIMIT, type IntGraph, type IntTensor, type Range, type Table, tensorSize } from './intGraph.ts';

/** What a proof takes, in products of the extension field (measured on the prover): a table row, a lookup, a committed cell. */
export const ROW = 14;
export const LOOKUP = 10.5;
export const CELL = 2.9;
/** Rows beyond which a table is never written out. */
export const MAX_ROWS = 2 ** 21;

/** Who reads a table: how many positions, and the extremes that their inputs are proven to stay in. */
export interface Uses {
  readonly positions: number;
  readonly range: Range;
}

/** The readers of each table. */
export function usesOf(graph: IntGraph): Uses[] {
  const uses: Uses[] = graph.tables.map(() => ({ positions: 0, range: { min: 0, max: 0 } }));
  for (const node of graph.nodes) {
    if (node.kind !== 'lookup') continue;
    const [{ shape, range }, { positions, range: all }] = [graph.tensors[node.input] as IntTensor, uses[node.table] as Uses];
    uses[node.table] = {
      positions: positions + tensorSize(shape),
      range: { min: Math.min(all.min, range.min), max: Math.max(all.max, range.max) },
    };
  }
  return uses;
}

/** Rows as they are written out: a power of two, at least two. */
export const rowsOf = ({ min, max }: Range): number => 2 ** Math.max(1, Math.ceil(Math.log2(max - min + 1)));

/** Zero is where padding goes, so every table holds it. */
export const withZero = ({ min, max }: Range): Range => ({ min: Math.min(0, min), max: Math.max(0, max) });

/** What is added before the shift, so that the quotient is the nearest. */
export const halfOf = ({ shift }: Pick<Table, 'shift'>): number => (shift === 0 ? 0 : 2 ** (shift - 1));

/** The top limbs h = floor((a + half) / 2^cut) of a table's domain. */
export function limbsAt(table: Table, cut: number): Range {
  const { min, max } = withZero(table.domain);
  return { min: Math.floor((min + halfOf(table)) / 2 ** cut), max: Math.floor((max + halfOf(table)) / 2 ** cut) };
}

/**
 * How a table is proven: 0, whole (a row for every input of its domain), or cut in two: the top limb h is committed and looked up, the
 * rest a + half - 2^cut h is range-checked. Whichever costs least; undefined where no way is open.
 *
 * A cut has to be exact at the domain's ends, unless no input can leave it. And since the limb is whatever the prover committed that its
 * table holds, the rest over *all* limbs and all proven inputs has to stay inside ±{@link INTEGER_LIMIT}, where the proof's field tells
 * integers apart.
 */
export function cutOf(table: Table, { positions, range }: Uses): number | undefined {
  const domain = withZero(table.domain);
  const half = halfOf(table);
  const size = domain.max - domain.min + 1;
  let best = size > MAX_ROWS ? Number.POSITIVE_INFINITY : ROW * rowsOf(domain) + (LOOKUP + CELL) * positions;
  let found = size > MAX_ROWS ? undefined : 0;
  for (let cut = 1; cut <= table.shift; cut++) {
    const unit = 2 ** cut;
    const exact = (domain.min + half) % unit === 0 && (domain.max + half + 1) % unit === 0;
    if (!table.total && !exact) continue;
    const limbs = withZero(limbsAt(table, cut));
    if (range.max + half - unit * limbs.min >= INTEGER_LIMIT || range.min + half - unit * limbs.max <= -INTEGER_LIMIT) continue;
    const rows = rowsOf(limbs);
    const cost = ROW * (unit + rows) + 2 * (LOOKUP + CELL) * positions;
    if (rows <= MAX_ROWS && cost < best) {
      best = cost;
      found = cut;
    }
  }
  return found;
}
