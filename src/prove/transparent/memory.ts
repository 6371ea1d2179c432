import { isWholeIdentity, type LinearForm, wholeSource } from '../../program/index.ts';
import { MASK_CELLS, maskLength, type Plan, type Space, verifierBytes } from '../../protocol/transparent/index.ts';
import { SHORT } from './inner.ts';
import { KEEP_BITS, STEP_BITS } from './tree.ts';

const WORD = 4;
const EXT = 16;
/** p and q of a node. */
const NODE = 2 * EXT;

/** A vector over K as the kernels allocate it. */
const planesBytes = (length: number): number => EXT * (4 * Math.ceil(length / 4) + 1 + (length >= 1024 ? 16 : 0));

/** What forms that are claimed at one point need while the functional is built (inner.ts, step by step in sizes alone). */
function formsBytes(forms: readonly LinearForm[]): number {
  const adjoints = new Set<string>();
  const ids = new Map<unknown, number>();
  const id = (x: unknown): number => {
    const known = ids.get(x) ?? ids.size;
    ids.set(x, known);
    return known;
  };
  let kept = 0;
  let transient = 0;
  for (const form of forms) {
    const made = new Set<string>();
    for (const { source, factors } of form.terms) {
      if (source === 'public') continue;
      for (const { matrix, outShift } of factors) {
        const key = `${id(matrix)}@${outShift}`;
        if (adjoints.has(key)) continue;
        adjoints.add(key);
        kept += planesBytes(2 ** matrix.inBits);
        const dense = matrix.kind === 'dense' ? WORD * matrix.values.length + planesBytes(matrix.cols.length) : 0;
        const entries = matrix.kind === 'entries' ? 3 * WORD * matrix.values.length : 0;
        if (!isWholeIdentity(matrix)) transient = Math.max(transient, planesBytes(2 ** matrix.outBits) + dense + entries);
      }
      const ordered = factors.filter(({ matrix }) => matrix.inBits > 0).sort((x, y) => y.inShift - x.inShift);
      const lowest = ordered.pop();
      let low = 2 ** (lowest?.matrix.inBits ?? 0);
      let key = lowest === undefined ? `one ${kept}` : `${id(lowest.matrix)}@${lowest.outShift}`;
      while (low < SHORT) {
        const next = ordered.pop();
        if (next === undefined) break;
        key += ` ${id(next.matrix)}@${next.outShift}`;
        low *= 2 ** next.matrix.inBits;
        if (!made.has(key)) kept += planesBytes(low);
        made.add(key);
      }
      const last = 2 ** (ordered.pop()?.matrix.inBits ?? 0);
      let top = 1;
      kept += planesBytes(1);
      for (const { matrix } of ordered) {
        top *= 2 ** matrix.inBits;
        kept += planesBytes(top);
      }
      if (!made.has(`${source} ${key}`)) kept += planesBytes(top * last);
      made.add(`${source} ${key}`);
    }
  }
  return kept + transient;
}

/** Layers of a tree that are held at once when it is built, and the most that its proof needs on top of the other tree. */
function treeBytes({ bits }: Space): { readonly built: number; readonly proven: number } {
  const leaves = 2 ** bits;
  const large = bits > KEEP_BITS;
  const kept = NODE * (large ? leaves / 2 : leaves);
  // Leaves in the making, and for a large tree the pieces of its first layer besides.
  const pieces = NODE * 2 * Math.min(leaves / 2, 2 ** STEP_BITS);
  const first = large ? NODE * (leaves / 2) + Math.max(pieces, EXT * (leaves / 8)) : 0;
  const folded = (NODE + EXT) * (leaves / 4);
  return { built: Math.max(kept, kept / 2 + (large ? 2 : 1) * pieces), proven: Math.max(first, folded + pieces) };
}

/**
 * Bytes of kernel vectors that a proof of this program takes, counted stage by stage as the prover allocates them: what is said before
 * a job starts, and what a budget is compared with. Measured on 13 programs: 4 % less than what is taken (BioNet v3, while its large
 * program is hashed) to a tenth more (small ones); proverReserve leaves room for that.
 */
export function proverBytes(plan: Plan): number {
  const { program, parameters, lookupSpace, tableSpace, zeroSpace } = plan;
  const { rowLengthBits, rows, codeBits, queries } = parameters;
  const rowLength = 2 ** rowLengthBits;
  const points = 2 ** codeBits;
  const committed = WORD * (rows * (rowLength + queries) + (MASK_CELLS / 3) * (rowLength + queries + 2 * maskLength(parameters)) + points);
  const chunks = Math.ceil((9 + rows + MASK_CELLS) / 256);
  const commit = WORD * points * (1 + 8 + 8 + 16 + 8 * chunks);
  let lookups = 0;
  if (lookupSpace !== undefined && tableSpace !== undefined) {
    for (const { a, o1, o2 } of program.lookups)
      for (const form of [a, o1, o2]) if (form !== undefined && wholeSource(form) === undefined) lookups += WORD * 2 ** form.bits;
    for (const { bits, o1, o2 } of program.tables) lookups += WORD * 2 ** bits * [true, o1, o2].filter(Boolean).length;
    const [lookup, table] = [treeBytes(lookupSpace), treeBytes(tableSpace)];
    lookups += Math.max(table.built + Math.max(lookup.built, lookup.proven), table.proven);
  }
  const zero = zeroSpace === undefined ? 0 : 2 ** zeroSpace.bits * (3 * EXT + EXT / 2);
  const together = [
    ...program.lookups.map(({ a, o1, o2 }) => [a, o1, o2].filter((form) => form !== undefined)),
    ...(['a', 'b', 'c'] as const).map((name) => program.quadratics.map((relation) => relation[name])),
    program.equalities,
  ];
  const scratch = together.reduce((most, list) => Math.max(most, formsBytes(list)), 0);
  const inner = EXT * (rows * rowLength + rowLength + queries) + Math.max(scratch, EXT * rowLength);
  return Math.ceil(committed + Math.max(commit, lookups, zero, inner, plan.programBytes)) + 2 ** 16;
}

/** Address space to reserve for a job: more than it will take, since what is not touched costs nothing. */
export const proverReserve = (plan: Plan): number => Math.ceil(1.3 * proverBytes(plan)) + verifierBytes(plan) + 2 ** 22;
