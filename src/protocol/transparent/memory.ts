// SPDX-License-Identifier: Apache-2.0
import { MASK_CELLS } from './parameters.ts';
import type { Plan } from './plan.ts';

/** Bytes of kernel vectors that checking a proof of this program needs at most: the tables, and each map's weights, one at a time. */
export function verifierBytes({ program, sourceBits, parameters, programBytes }: Plan): number {
  const widest = 2 ** Math.max(0, ...sourceBits, ...program.tables.map(({ bits }) => bits));
  const forms = [
    ...program.lookups.flatMap(({ a, o1, o2 }) => [a, o1, o2]),
    ...program.quadratics.flatMap(({ a, b, c }) => [a, b, c]),
    ...program.equalities,
  ];
  let weights = 0;
  for (const form of forms)
    for (const { factors } of form?.terms ?? [])
      for (const { matrix } of factors)
        weights = Math.max(
          weights,
          8 * 2 ** matrix.outBits +
            8 * 2 ** matrix.inBits +
            (matrix.kind === 'identity' ? 0 : matrix.kind === 'dense' ? matrix.values.length : 3 * matrix.values.length),
        );
  const { rows, rowBits, queries, codeBits } = parameters;
  const opened = 4 * queries * (rows + MASK_CELLS) + 16 * 2 ** rowBits;
  // Two code words, the opened columns, the transcript's longest message, and slack.
  return 64 * widest + 4 * weights + 16 * 2 ** codeBits + opened + 2 * programBytes + 2 ** 18;
}
