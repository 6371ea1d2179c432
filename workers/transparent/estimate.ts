import type { TransparentStage } from '../../src/client/transparent/types.ts';
import type { Plan } from '../../src/protocol/transparent/index.ts';

/** Where each stage begins and ends in the whole work, 0 to 1 (measured: the digit net on one thread, program and kernels ready). */
export const stageEnds: Readonly<Record<TransparentStage, readonly [number, number]>> = {
  read: [0, 0.02],
  forward: [0.02, 0.06],
  witness: [0.06, 0.1],
  commit: [0.1, 0.4],
  lookups: [0.4, 0.6],
  functional: [0.6, 0.67],
  inner: [0.67, 0.73],
  open: [0.73, 0.88],
  check: [0.88, 1],
};

/** Milliseconds of any proof, and of each cell and lookup (measured, one thread of a laptop); a phone takes two to four times as long. */
const FIXED = 300;
const CELL = 1 / 2_000;
const LOOKUP = 1 / 4_000;

/** Milliseconds that a proof of this program takes, by a rule of thumb: only until one was made here. */
export const estimateMs = ({ cells, lookupSpace }: Pick<Plan, 'cells' | 'lookupSpace'>): number =>
  Math.round(FIXED + CELL * cells + LOOKUP * (lookupSpace === undefined ? 0 : 2 ** lookupSpace.bits));
