import type { TransparentStage } from '../../src/client/transparent/types.ts';
import type { Plan } from '../../src/protocol/transparent/index.ts';

/**
 * Where each stage begins and ends in the whole work, 0 to 1, program and kernels ready. Measured in Chromium on one thread, the mean of
 * three networks of a million activations and more: with smaller ones nobody sees the bar move.
 */
export const stageEnds: Readonly<Record<TransparentStage, readonly [number, number]>> = {
  read: [0, 0.01],
  forward: [0.01, 0.08],
  witness: [0.08, 0.14],
  commit: [0.14, 0.31],
  lookups: [0.31, 0.68],
  functional: [0.68, 0.76],
  inner: [0.76, 0.83],
  open: [0.83, 0.93],
  check: [0.93, 1],
};

/**
 * Milliseconds of any proof, of each place of the two lookup trees (with one thread and with more) and of each product. Fitted to the
 * first proof, its check included, of 13 programs of 8 to 3.4 million activations (`npm run bench`, Chromium on two shared cores of a
 * server): within 15 % for what takes longer than .2 s, within 30 % for the rest. A phone takes two to four times as long.
 */
const FIXED = 80;
const LOOKUP = { one: 1 / 4_000, more: 1 / 5_500 };
const PRODUCT = 1 / 450;

const size = (space: { readonly bits: number } | undefined): number => (space === undefined ? 0 : 2 ** space.bits);

/** Milliseconds that a proof of this program takes, by this rule of thumb: only until one was made here. */
export function estimateMs(plan: Pick<Plan, 'lookupSpace' | 'tableSpace' | 'zeroSpace'>, threads: number): number {
  const places = size(plan.lookupSpace) + size(plan.tableSpace);
  return Math.round(FIXED + (threads > 1 ? LOOKUP.more : LOOKUP.one) * places + PRODUCT * size(plan.zeroSpace));
}
