import { innerBits, MASK_CELLS, maskLength, type Plan, verifierBytes } from '../../protocol/transparent/index.ts';

const WORD = 4;
const EXT = 16;

/**
 * Bytes of kernel vectors that a proof of this program needs at most, so that the arena can be made before the job starts and a
 * program over a budget be refused before it costs anything. Counted stage by stage; slack for alignment.
 */
export function proverBytes(plan: Plan): number {
  const { rowLengthBits, rows, codeBits, queries } = plan.parameters;
  const rowLength = 2 ** rowLengthBits;
  const points = 2 ** codeBits;
  const committed = WORD * (rows * (rowLength + queries) + MASK_CELLS * (rowLength + queries + maskLength(plan.parameters)) + points);
  const chunks = Math.ceil((9 + rows + MASK_CELLS) / 256);
  const commit = WORD * points * (1 + 16 + 16 + 8 * chunks) + 2 * plan.programBytes;
  const size = (bits: number | undefined): number => (bits === undefined ? 0 : 2 ** bits);
  const [lookups, tables, zero] = [size(plan.lookupSpace?.bits), size(plan.tableSpace?.bits), size(plan.zeroSpace?.bits)];
  // Leaves, the layers above (p and q, as much again each), eq weights, one relation's columns on the way in.
  const trees =
    EXT * (lookups + 2 * lookups + 2 * tables + 2 * tables + Math.max(lookups, tables) / 2) + 3 * WORD * Math.max(lookups, tables);
  const zeroCheck = zero * (3 * EXT + EXT + WORD);
  const cells = 2 ** innerBits(plan.parameters);
  const widest = 2 ** Math.max(0, ...plan.sourceBits);
  const inner = cells * (EXT + WORD + EXT / 2 + EXT / 2) + EXT * (widest + 2 * rowLength + queries) + verifierBytes(plan);
  return Math.ceil(1.05 * (committed + Math.max(commit, trees, zeroCheck, inner))) + 2 ** 18;
}
