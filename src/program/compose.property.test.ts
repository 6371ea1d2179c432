// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { P } from '../field/index.ts';
import { shuffleNet } from '../model/testing/intNetwork.test-util.ts';
import { noise } from '../model/testing/random.test-util.ts';
import { prepareModel } from '../protocol/transparent/index.ts';
import { compose, NotComposable } from './compose.ts';
import { evaluateForm } from './evaluate.ts';
import { modelProgram, planningSize } from './index.ts';
import { seeded } from './testing/samples.ts';
import { Translation } from './translation.ts';
import type { Factor, Matrix, Program, Term } from './types.ts';
import { Work } from './work.ts';

/** A random matrix of any kind; coefficients over the whole field, so that as integers their products would leave it. */
function matrix(next: () => number, outBits: number, inBits: number): Matrix {
  const [rows, cols] = [2 ** outBits, 2 ** inBits];
  const value = (): number => (next() % 3 === 0 ? 1 : next() % P);
  const kind = next() % 4;
  if (kind === 0 && outBits === inBits) return { kind: 'identity', outBits, inBits, size: 1 + (next() % rows) };
  if (kind === 1) {
    const used = Uint32Array.from({ length: cols }, (_, i) => i).filter(() => next() % 3 !== 0);
    return {
      kind: 'dense',
      outBits,
      inBits,
      cols: used.length === 0 ? Uint32Array.of(0) : used,
      values: Uint32Array.from({ length: rows * Math.max(1, used.length) }, value),
    };
  }
  const count = kind === 2 ? Math.min(rows, cols) : next() % (2 * rows);
  const list = (limit: number): Uint32Array =>
    Uint32Array.from({ length: count }, (_, i) => (kind === 2 ? (i * 5 + 3) % limit : next() % limit));
  return {
    kind: 'entries',
    outBits,
    inBits,
    rows: list(rows),
    cols: list(cols),
    values: Uint32Array.from({ length: count }, kind === 2 ? () => 1 : value),
  };
}

/** Factors that cover `outBits` and `inBits`, each side cut in its own way. */
function factors(next: () => number, outBits: number, inBits: number): Factor[] {
  const parts = 1 + (next() % 3);
  const cuts = (bits: number): number[] => [0, ...Array.from({ length: parts - 1 }, () => next() % (bits + 1)).sort((a, b) => a - b), bits];
  const [out, input] = [cuts(outBits), cuts(inBits)];
  const order = Array.from({ length: parts }, (_, i) => i).sort(() => (next() % 2) - 0.5);
  return order.map((to, from) => ({
    outShift: out[to],
    inShift: input[from],
    matrix: matrix(next, out[to + 1] - out[to], input[from + 1] - input[from]),
  }));
}

/** What an identity of fewer cells than its bits hold does not read, nothing may have written: as the compiler's maps do. */
const trueCells = (list: readonly Factor[]): Factor[] =>
  list.map((f) => (f.matrix.kind === 'identity' ? { ...f, matrix: { ...f.matrix, size: 2 ** f.matrix.inBits } } : f));

const apply = (bits: number, term: Omit<Term, 'source'>, x: Uint32Array): Uint32Array =>
  evaluateForm({ bits, terms: [{ ...term, source: 0 }] }, () => x);

function random(seed: number) {
  const next = seeded(seed);
  const bits = { out: next() % 5, middle: 1 + (next() % 5), input: next() % 5 };
  const outer = { factors: trueCells(factors(next, bits.out, bits.middle)) };
  const inner: Term = { source: 0, scale: 1 + (next() % (P - 1)), factors: trueCells(factors(next, bits.middle, bits.input)) };
  return { next, bits, outer, inner };
}

describe('a composed term', () => {
  it('does what its parts do one after the other, whatever the coefficients', () => {
    let composed = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (seed) => {
        const { next, bits, outer, inner } = random(seed);
        let made: Term;
        try {
          made = compose(outer, inner, new Work());
        } catch (error) {
          if (error instanceof NotComposable) return;
          throw error;
        }
        composed++;
        const x = Uint32Array.from({ length: 2 ** bits.input }, () => next() % P);
        const straight = apply(bits.out, { scale: 1, factors: outer.factors }, apply(bits.middle, inner, x));
        expect(apply(bits.out, made, x)).toEqual(straight);
        expect(new Translation(`${seed}`, new Work()).holds(outer, inner, made, bits.middle)).toBe(true);
      }),
      { numRuns: 400 },
    );
    expect(composed).toBeGreaterThan(200);
  });

  it('that is another is found, wherever it differs', () => {
    let changed = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const { next, bits, outer, inner } = random(seed);
      let made: Term;
      try {
        made = compose(outer, inner, new Work());
      } catch {
        continue;
      }
      const at = next() % made.factors.length;
      const factor = made.factors[at] as Factor;
      if (factor.matrix.kind === 'identity' || factor.matrix.values.length === 0) continue;
      const place = next() % factor.matrix.values.length;
      const values = factor.matrix.values.map((v, i) => (i === place ? (v + 1) % P : v));
      const wrong = {
        ...made,
        factors: made.factors.map((f, i) => (i === at ? { ...f, matrix: { ...factor.matrix, values } as Matrix } : f)),
      };
      // A factor beside it may be zero everywhere: then the change changes nothing.
      if (String(probe(bits, wrong)) === String(probe(bits, made))) continue;
      changed++;
      expect(new Translation(`${seed}`, new Work()).holds(outer, inner, wrong, bits.middle), `seed ${seed}`).toBe(false);
      expect(new Translation(`${seed}`, new Work()).holds(outer, inner, { ...made, scale: (made.scale + 1) % P }, bits.middle)).toBe(false);
      expect(new Translation(`${seed}`, new Work()).holds(outer, inner, { ...made, source: 1 }, bits.middle)).toBe(false);
    }
    expect(changed).toBeGreaterThan(50);
  });

  it('of a block as it stands is the outer, but not where the outer reads past the true cells', () => {
    const read = (col: number): boolean => {
      const one: Matrix = {
        kind: 'entries',
        outBits: 1,
        inBits: 2,
        rows: Uint32Array.of(1),
        cols: Uint32Array.of(col),
        values: Uint32Array.of(5),
      };
      const outer = { factors: [{ outShift: 0, inShift: 0, matrix: one }] };
      const block: Matrix = { kind: 'identity', outBits: 2, inBits: 2, size: 3 };
      const inner: Term = { source: 0, scale: 1, factors: [{ outShift: 0, inShift: 0, matrix: block }] };
      return new Translation('x', new Work()).holds(outer, inner, { source: 0, scale: 1, factors: outer.factors }, 2);
    };
    expect([0, 1, 2, 3].map(read)).toEqual([true, true, true, false]);
  });

  const probe = (bits: { readonly out: number; readonly input: number }, term: Term): number[] =>
    Array.from({ length: 2 ** bits.input }, (_, i) => i).flatMap((i) => [
      ...apply(
        bits.out,
        term,
        Uint32Array.from({ length: 2 ** bits.input }, (__, j) => (i === j ? 1 : 0)),
      ),
    ]);
});

describe('planning', () => {
  const entries = (program: Program): number => {
    const forms = [...program.lookups.map(({ a }) => a), ...program.equalities];
    const seen = new Set(forms.flatMap(({ terms }) => terms.flatMap(({ factors: list }) => list.map(({ matrix: m }) => m))));
    return [...seen].reduce((sum, m) => sum + (m.kind === 'identity' ? 0 : m.values.length), 0);
  };

  it.each([16, 24, 58])('keeps a shuffle of %i channels a matter of the channels, however large the picture', (channels) => {
    const sizes = [8, 28].map((side) => {
      const made = modelProgram(shuffleNet(channels, 4, side, noise(7)));
      return { entries: entries(made.program), blocks: made.program.blocks.length };
    });
    // Rows and columns differ in what sums over them and in the input's commitment alone.
    const perCell = (sizes[1].entries - sizes[0].entries) / (28 ** 2 - 8 ** 2);
    expect(perCell).toBeLessThan(4 * channels);
    expect(sizes[1].blocks - sizes[0].blocks).toBeLessThanOrEqual(2);
  });

  it('refuses what would take too long before it lays anything out', () => {
    const w = shuffleNet(2, 0, 2 ** 13, noise(1));
    expect(planningSize(w).cells).toBe(2 ** 27);
    expect(prepareModel(w)).toMatchObject({ ok: false, error: { code: 'verifier/too-large' } });
    const many = shuffleNet(2, 0, 2 ** 12, noise(1));
    expect(prepareModel(many)).toMatchObject({
      ok: false,
      error: { code: 'verifier/too-large', params: { what: expect.stringContaining('steps') } },
    });
  });
});
