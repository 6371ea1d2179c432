// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { add } from '../../../src/field/index.ts';
import { eachTermEntry } from '../../../src/program/forms.ts';
import type { LinearForm, Program } from '../../../src/program/index.ts';
import { creditProgram } from './index.ts';
import { twinModel, twinSchema } from './testing/index.ts';

// Determination by unit propagation, as Ecne and Picus do for circom: from what is private and free, a cell is determined when an equality has
// it as its only unknown, when it is the product of determined factors, or what a table answers for a determined input. A cell that some
// relation reads and nothing determines could be chosen by whoever proves; a nullifier that is not determined by the secret would be no nullifier.

const key = (source: number | 'public', cell: number): string => `${source}:${cell}`;

/** Cells that each cell of a form reads, those whose coefficients cancel left out. */
function readsOf(form: LinearForm): Map<number, string[]> {
  const rows = new Map<number, Map<string, number>>();
  for (const term of form.terms)
    eachTermEntry(term, (out, input, value) => {
      const row = rows.get(out) ?? new Map<string, number>();
      rows.set(out, row);
      const cell = key(term.source, input);
      row.set(cell, add(row.get(cell) ?? 0, value));
    });
  return new Map([...rows].map(([out, row]) => [out, [...row].flatMap(([cell, value]) => (value === 0 ? [] : [cell]))]));
}

interface Determined {
  /** Public values that do not follow. */
  readonly lost: readonly string[];
  /** Blocks with cells that some relation reads and nothing determines. */
  readonly free: readonly string[];
}

/** What follows from the blocks named in `given` and the public values not named in `open`. */
function determined(program: Program, given: readonly string[], open: RegExp): Determined {
  const known = new Set<string>([key('public', 0)]);
  program.blocks.forEach((block, b) => {
    if (given.includes(block.name)) for (let cell = 0; cell < 2 ** block.bits; cell++) known.add(key(b, cell));
  });
  for (let i = 0; i < 2 ** program.publicBits; i++) if (!open.test(program.publics[i - 1] ?? '')) known.add(key('public', i));
  const read = new Set<string>();
  const rules: { readonly from: readonly string[]; readonly to: readonly string[] }[] = [];
  const rule = (from: readonly (readonly string[] | undefined)[], to: readonly string[] | undefined): void => {
    const all = from.flatMap((cells) => cells ?? []);
    for (const cell of [...all, ...(to ?? [])]) read.add(cell);
    rules.push({ from: all, to: to ?? [] });
  };
  for (const equality of program.equalities) for (const cells of readsOf(equality).values()) rule([], cells);
  for (const { a, b, c } of program.quadratics) {
    const [left, right, out] = [readsOf(a), readsOf(b), readsOf(c)];
    for (const at of new Set([...left.keys(), ...right.keys(), ...out.keys()])) rule([left.get(at), right.get(at)], out.get(at));
  }
  for (const { a, o1, o2 } of program.lookups) {
    const from = readsOf(a);
    for (const output of [o1, o2]) for (const [at, cells] of output === undefined ? [] : readsOf(output)) rule([from.get(at)], cells);
  }
  let left = rules;
  for (let before = -1; left.length !== before; ) {
    before = left.length;
    left = left.filter(({ from, to }) => {
      if (from.some((cell) => !known.has(cell))) return true;
      const unknown = to.filter((cell) => !known.has(cell));
      if (unknown.length > 1) return true;
      for (const cell of unknown) known.add(cell);
      return false;
    });
  }
  const free = program.blocks.flatMap(({ name, bits }, b) =>
    Array.from({ length: 2 ** bits }, (_, cell) => key(b, cell)).some((cell) => read.has(cell) && !known.has(cell)) ? [name] : [],
  );
  return { lost: program.publics.filter((_, i) => !known.has(key('public', i + 1))), free };
}

const { program } = creditProgram(twinModel, twinSchema);
const PRIVATE = ['limbs', 'bits', 'secret', 'blinding', 'issued', 'registry siblings', 'registry bits'];

describe('the cells of the credit statement', () => {
  it('are all functions of what is private, root and nullifier too', () => {
    expect(program.blocks.filter(({ name }) => PRIVATE.includes(name)).length).toBe(PRIVATE.length);
    expect(determined(program, PRIVATE, /^(root|nullifier)/)).toEqual({ lost: [], free: [] });
  });

  it('leave one nullifier to one secret in one scope, whatever else is chosen', () => {
    expect(determined(program, ['secret'], /^nullifier/).lost).toEqual([]);
    // Without the secret nothing of it follows: the instrument sees the difference.
    expect(determined(program, [], /^nullifier/).lost).toHaveLength(8);
  });

  it('are seen to be free where an equality is left out', () => {
    const seen = program.equalities.map((_, left) => {
      const weaker = { ...program, equalities: program.equalities.filter((__, i) => i !== left) };
      const { lost, free } = determined(weaker, PRIVATE, /^(root|nullifier)/);
      return lost.length + free.length > 0;
    });
    // Those that stay unseen bind two private values to one another: leaving them out frees no cell, and cheating provers test them.
    expect(seen.filter(Boolean).length).toBeGreaterThan(seen.length / 2);
  });

  it('are seen to be free where a product is left out', () => {
    const left = program.quadratics.length - 1;
    const weaker = { ...program, quadratics: program.quadratics.filter((_, i) => i !== left) };
    const { lost, free } = determined(weaker, PRIVATE, /^(root|nullifier)/);
    expect(lost.length + free.length).toBeGreaterThan(0);
  });
});
