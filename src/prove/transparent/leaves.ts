import { type Ext, extMul, extSub, type Kernels, ONE, type Planes, slicePlanes, ZERO } from '../../field/index.ts';
import { type LookupCells, type Program, wholeSource } from '../../program/index.ts';
import { type Plan, type Space, tableId } from '../../protocol/transparent/index.ts';

/** Columns over F of one stretch of leaves, aligned to its length: q = constant + sum of scales * columns, p = - counts. */
interface Stretch {
  readonly from: number;
  readonly length: number;
  readonly constant: Ext;
  readonly columns: readonly Uint32Array[];
  readonly counts?: Uint32Array;
}

/**
 * The leaves of a tree of fractions, kept as they were committed (a word a column) and never as a whole over K: a leaf takes up to 12
 * bytes instead of 32, and is made where and when it is read.
 */
export class Leaves {
  readonly bits: number;
  /** Whether every numerator is 1. */
  readonly ones: boolean;
  private readonly stretches: readonly Stretch[];
  private readonly scales: readonly Ext[];
  private readonly kernels: Kernels;

  constructor(bits: number, ones: boolean, stretches: readonly Stretch[], beta: Ext, kernels: Kernels) {
    const beta2 = extMul(beta, beta);
    this.bits = bits;
    this.ones = ones;
    this.stretches = [...stretches].sort((a, b) => a.from - b.from);
    this.scales = [beta, beta2, extMul(beta2, beta)].map((power) => extSub(ZERO, power));
    this.kernels = kernels;
  }

  /** Denominators of the leaves [from, from + q.length) into q, and their numerators into p (with `ones` there is none). */
  read(from: number, q: Planes, p?: Planes): void {
    const end = from + q.length;
    for (const { from: start, length, constant, columns, counts } of this.stretches) {
      if (start >= end || start + length <= from) continue;
      const [a, b] = [Math.max(start, from), Math.min(start + length, end)];
      const part = (column: Uint32Array): Uint32Array => column.subarray(a - start, b - start);
      this.kernels.affine(slicePlanes(q, a - from, b - a), constant, this.scales.slice(0, columns.length), columns.map(part));
      if (p !== undefined)
        this.kernels.affine(
          slicePlanes(p, a - from, b - a),
          ZERO,
          counts === undefined ? [] : [extSub(ZERO, ONE)],
          counts === undefined ? [] : [part(counts)],
        );
    }
  }
}

/** What completes a space: row 0 of table 0, once for every cell that no relation uses. */
const filler = ({ bits, used }: Space, alpha: Ext): Stretch[] =>
  used === 2 ** bits ? [] : [{ from: used, length: 2 ** bits - used, constant: extSub(alpha, tableId(0)), columns: [] }];

/** Columns of a tree's leaves in the kernels' memory. */
export type Columns = readonly (readonly Uint32Array[])[];

/** Inputs and outputs of the lookups: the committed cells themselves where a form is a whole block, else copies. */
export function lookupColumns(plan: Plan, cells: readonly LookupCells[], committed: Uint32Array | undefined, kernels: Kernels): Columns {
  const { program, offsets, sourceBits } = plan;
  return program.lookups.map((lookup, l) =>
    (['a', 'o1', 'o2'] as const).flatMap((name) => {
      const [form, values] = [lookup[name], cells[l][name]];
      if (form === undefined || values === undefined) return [];
      const source = committed === undefined ? undefined : wholeSource(form);
      if (typeof source !== 'number' || committed === undefined) return [kernels.base(values.length, values)];
      return [committed.subarray(offsets[source], offsets[source] + 2 ** sourceBits[source])];
    }),
  );
}

/** alpha - fingerprint at the leaves of the lookup tree; relations in their places, then filler. */
export function lookupLeaves(plan: Plan, columns: Columns, alpha: Ext, beta: Ext, kernels: Kernels): Leaves {
  const space = plan.lookupSpace ?? { bits: 0, used: 0, offsets: [] };
  const stretches = plan.program.lookups.map(
    ({ table, a }, l): Stretch => ({
      from: space.offsets[l],
      length: 2 ** a.bits,
      constant: extSub(alpha, tableId(table)),
      columns: columns[l],
    }),
  );
  return new Leaves(space.bits, true, [...stretches, ...filler(space, alpha)], beta, kernels);
}

export const tableColumns = ({ tables }: Program, kernels: Kernels): Columns =>
  tables.map(({ a, o1, o2 }) => [a, o1, o2].flatMap((column) => (column === undefined ? [] : [kernels.base(column.length, column)])));

/** Minus the multiplicities over alpha - fingerprint at the leaves of the table tree. */
export function tableLeaves(plan: Plan, columns: Columns, counts: readonly Uint32Array[], alpha: Ext, beta: Ext, kernels: Kernels): Leaves {
  const space = plan.tableSpace ?? { bits: 0, used: 0, offsets: [] };
  const stretches = plan.program.tables.map(
    ({ bits }, t): Stretch => ({
      from: space.offsets[t],
      length: 2 ** bits,
      constant: extSub(alpha, tableId(t)),
      columns: columns[t],
      counts: counts[t],
    }),
  );
  return new Leaves(space.bits, false, [...stretches, ...filler(space, alpha)], beta, kernels);
}
