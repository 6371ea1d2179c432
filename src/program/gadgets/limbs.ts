// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../base/index.ts';
import type { ProgramBuilder } from '../builder.ts';
import { axis, bitsOf, entriesMatrix, pad, type Tensor, type Virtual } from '../linear.ts';
import { rangeTable } from '../tables.ts';
import type { LinearForm, Table, Term } from '../types.ts';
import type { MessagePart } from './sponge.ts';

export type Fill = readonly { readonly block: number; readonly cells: Uint32Array }[];

/** Bits of a limb. */
export const LIMB = 8;
export const BASE = 2 ** LIMB;

/** Carries lie in [-CARRY, CARRY). */
const CARRY = 2 ** 12;

/** What a coefficient of {@link zeroSum} may reach: then its carries stay below CARRY, and no equation of theirs wraps around. */
export const COEFFICIENT_BOUND = (CARRY - 1) * (BASE - 1);

/** Tables that the gadgets of one program share: a limb, and a carry. */
export interface LimbTables {
  readonly limb: Table;
  readonly carry: Table;
}

export const limbTables = (): LimbTables => ({
  limb: rangeTable('limb', { min: 0, max: BASE - 1 }),
  carry: rangeTable('carry', { min: -CARRY, max: CARRY - 1 }),
});

/** Cells i < size, each the sum of its parts; parts that name one tensor twice add up. */
export function combine(size: number, parts: readonly MessagePart[]): Virtual {
  const out = axis(size);
  const terms = parts.map(
    ({ tensor, entries }): Term => ({
      source: tensor.source,
      scale: 1,
      factors: [{ outShift: 0, inShift: 0, matrix: entriesMatrix(out.bits, bitsOf(tensor.axes), entries) }],
    }),
  );
  return { axes: [out], terms };
}

export const formOfParts = (size: number, parts: readonly MessagePart[]): LinearForm => {
  const { axes, terms } = combine(size, parts);
  return { bits: bitsOf(axes), terms };
};

/** Limbs of a non-negative integer, least first. Exact for any bigint. */
export function limbsOf(value: bigint, count: number): number[] {
  const limbs = Array.from({ length: count }, (_, i) => Number((value >> BigInt(LIMB * i)) & BigInt(BASE - 1)));
  return limbs;
}

export interface ZeroSum {
  /** The coefficients as integers; what does not come to zero leaves a carry that no table holds or an equation that fails. */
  fill(coefficients: readonly number[]): Fill;
}

/**
 * Proves, over the integers, sum_i v_i BASE^i = 0 for v_i = the sum of the parts at cell i, every |v_i| <= `bound`, which the caller
 * knows from ranges that are proven elsewhere. Carries c_i in [-2^12, 2^12) are committed, c_0 = c_n = 0, and
 *
 *     v_i + c_i = BASE c_{i+1}      for every i < n
 *
 * Both sides are integers below bound + 2^12 and 2^20 in size, so equality in the field is equality of integers; multiplied by
 * BASE^i and added, the carries cancel. Complete: c_{i+1} = (v_0 + .. + v_i BASE^i) / BASE^{i+1} is below bound / (BASE - 1).
 */
export function zeroSum(
  b: ProgramBuilder,
  name: string,
  tables: LimbTables,
  size: number,
  bound: number,
  parts: readonly MessagePart[],
): ZeroSum {
  invariant(size >= 2 && bound > 0 && bound <= COEFFICIENT_BOUND, 'zeroSum: coefficients too large');
  const carries = b.block(name, [size - 1], { min: -CARRY, max: CARRY - 1 });
  b.ranged(carries, tables.carry);
  const moves = Array.from({ length: size - 1 }, (_, i) => [[i + 1, i, 1] as const, [i, i, -BASE] as const]).flat();
  b.zero(formOfParts(size, [...parts, { tensor: carries, entries: moves }]));
  return {
    fill: (coefficients) => {
      invariant(coefficients.length === size, 'zeroSum: wrong count of coefficients');
      const values: number[] = [];
      let carry = 0;
      for (const v of coefficients.slice(0, -1)) {
        carry = Math.floor((v + carry) / BASE);
        values.push(carry);
      }
      return [{ block: carries.source as number, cells: pad(carries.axes, values) }];
    },
  };
}

/** Limbs as a committed tensor (rows x count), each in [0, BASE). */
export function limbBlock(b: ProgramBuilder, name: string, tables: LimbTables, sizes: readonly number[]): Tensor {
  const limbs = b.block(name, sizes, { min: 0, max: BASE - 1 });
  b.ranged(limbs, tables.limb);
  return limbs;
}
