// SPDX-License-Identifier: Apache-2.0
import { err, invariant, ok, type Result } from '../base/index.ts';
import { type IntGraph, tensorSize } from '../model/intGraph.ts';
import type { ProgramBuilder } from './builder.ts';
import { axis, bitsOf, entriesMatrix, formOf, pad, paddedIndices, same, sum, type Virtual } from './linear.ts';
import { rangeTable } from './tables.ts';
import type { Range, Term } from './types.ts';

/**
 * What becomes public of a network's only output instead of the output itself. `class`: its largest value is at `index`, the first of
 * equals (ArgMax). `at-least`: the value at `index` is at least `value`, an integer of the output's scale. Both are constants of the
 * program, so whoever verifies builds them into their own copy.
 */
export type ModelPolicy =
  | { readonly kind: 'class'; readonly index: number }
  | { readonly kind: 'at-least'; readonly index: number; readonly value: number };

/** Largest limb that has a table of its own. */
const LIMB_BITS = 12;
/** p of the field: two integers are told apart when they differ by less. */
const P = 2 ** 31 - 2 ** 24 + 1;
const LARGEST = 2 ** 29;

/** Margins that must not be negative: sum of coefficient * output, plus a constant. */
interface Margin {
  readonly terms: readonly (readonly [index: number, coefficient: number])[];
  readonly constant: number;
}

const marginsOf = (policy: ModelPolicy, size: number): Margin[] =>
  policy.kind === 'at-least'
    ? [{ terms: [[policy.index, 1]], constant: -policy.value }]
    : Array.from({ length: size }, (_, i) => i)
        .filter((i) => i !== policy.index)
        .map((i) => ({
          terms: [
            [policy.index, 1],
            [i, -1],
          ],
          constant: i < policy.index ? -1 : 0,
        }));

const marginAt = ({ terms, constant }: Margin, values: ArrayLike<number>): number =>
  terms.reduce((total, [index, coefficient]) => total + coefficient * values[index], constant);

export interface Policy {
  /** The blocks of the policy, from the output's integers. Error: prove/unsatisfied where they do not meet it. */
  fill(values: ArrayLike<number>): Result<readonly { readonly block: number; readonly cells: Uint32Array }[]>;
}

/**
 * Proves that `output`, whose cells are integers proven to lie in `range`, meets the policy. Each margin m is written in limbs:
 * m = sum limb_i 2^(i w), 0 <= limb_i < 2^w by lookups. Sound over the integers: m lies in (-R, R] for R = the widest that the range
 * allows, the limbs' sum S in [0, 2^(count w)), and 2^(count w) + R < p, so m = S mod p makes them equal, and m >= 0.
 */
export function addPolicy(b: ProgramBuilder, network: IntGraph, output: Virtual, range: Range, policy: ModelPolicy): Policy {
  const [id, ...more] = network.outputs;
  const tensor = network.tensors[id];
  const size = tensorSize(tensor.shape);
  const { scale } = tensor;
  invariant(more.length === 0, 'policy: the network has several outputs');
  invariant(Number.isInteger(policy.index) && policy.index >= 0 && policy.index < size, `policy: there is no output ${policy.index}`);
  if (policy.kind === 'class') {
    const one = typeof scale === 'number' || scale.values.every((value) => value === scale.values[0]);
    invariant(one && size > 1, 'policy: the outputs have no common scale to be compared by');
  } else
    invariant(Number.isInteger(policy.value) && Math.abs(policy.value) < LARGEST, 'policy: the bound is not an integer that can be proven');
  const widest = policy.kind === 'class' ? range.max - range.min + 1 : Math.max(range.max - policy.value, policy.value - range.min, 1);
  const bits = Math.max(1, Math.ceil(Math.log2(widest + 1)));
  const count = Math.ceil(bits / LIMB_BITS);
  const width = Math.ceil(bits / count);
  invariant(2 ** (count * width) + widest < P, 'policy: a margin could wrap around');

  const margins = marginsOf(policy, size);
  // A copy of the output, so that the margins are short forms whatever makes the output; equal to it cell by cell.
  const copy = b.block('policy output', tensor.shape);
  b.zero(formOf(sum(output, { axes: output.axes, terms: same(copy, -1).terms })));
  const limbs = b.block('policy margins', [margins.length, count], { min: 0, max: 2 ** width - 1 });
  b.ranged(limbs, rangeTable(`margin limb ${width}`, { min: 0, max: 2 ** width - 1 }));
  const out = axis(margins.length);
  const places = paddedIndices(copy.axes);
  const cells = paddedIndices(limbs.axes);
  const term = (source: Term['source'], inBits: number, entries: readonly (readonly [number, number, number])[]): Term => ({
    source,
    scale: 1,
    factors: [{ outShift: 0, inShift: 0, matrix: entriesMatrix(out.bits, inBits, entries) }],
  });
  const terms = [
    term(
      copy.source,
      bitsOf(copy.axes),
      margins.flatMap(({ terms }, m) => terms.map(([index, coefficient]) => [m, places[index], coefficient] as const)),
    ),
    term(
      limbs.source,
      bitsOf(limbs.axes),
      margins.flatMap((_, m) => Array.from({ length: count }, (_, i) => [m, cells[m * count + i], -(2 ** (i * width))] as const)),
    ),
  ];
  const constants = margins.map(({ constant }, m) => [m, 0, constant] as const).filter(([, , constant]) => constant !== 0);
  if (constants.length > 0) terms.push(term('public', b.publicBits, constants));
  b.zero({ bits: out.bits, terms });

  return {
    fill(values) {
      const found = margins.map((margin) => marginAt(margin, values));
      if (found.some((margin) => margin < 0)) return err('prove/unsatisfied', { what: 'the policy on the output' });
      const digits = found.flatMap((margin) => Array.from({ length: count }, (_, i) => Math.floor(margin / 2 ** (i * width)) % 2 ** width));
      return ok([
        { block: copy.source as number, cells: pad(copy.axes, values) },
        { block: limbs.source as number, cells: pad(limbs.axes, digits) },
      ]);
    },
  };
}
