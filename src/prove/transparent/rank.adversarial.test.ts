import { beforeEach, describe, expect, it } from 'vitest';
import { add, type Ext, P } from '../../field/index.ts';
import { formOf, ProgramBuilder, publicValues, rangeTable, same, whole } from '../../program/index.ts';
import type { Plan } from '../../protocol/transparent/index.ts';
import { fillProducts } from './commit.ts';
import { viewRank } from './testing/rank.ts';

// Proofs are synchronous: without a breath between tests the runner believes its worker dead.
beforeEach(() => new Promise<void>((resolve) => void setTimeout(resolve, 0)));

/** Two small numbers, their squares, and the sum of those in public: every kind of message, in few cells. */
function squares() {
  const b = new ProgramBuilder('squares', ['y'], { lookup: 0, query: 0 });
  const range = { min: -2, max: 1 };
  const x = b.block('x', [2], range);
  b.ranged(x, rangeTable('range', range));
  const form = formOf(same(x));
  const square = b.block('square', [2]);
  b.product(form, form, whole(square));
  const ones = {
    kind: 'entries',
    outBits: 0,
    inBits: 1,
    rows: Uint32Array.of(0, 0),
    cols: Uint32Array.of(0, 1),
    values: Uint32Array.of(1, 1),
  } as const;
  b.zero({
    bits: 0,
    terms: [{ source: 1, scale: 1, factors: [{ outShift: 0, inShift: 0, matrix: ones }] }, ...publicValues(1, 0, b.publicBits, -1).terms],
  });
  const witness = (x: readonly number[]) => ({
    blocks: [Uint32Array.from(x, (v) => (v < 0 ? v + P : v)), Uint32Array.from(x, (v) => v * v)],
    publics: [x.reduce((sum, v) => sum + v * v, 0)],
  });
  return { program: b.finish(), witness: witness([-2, 1]), twin: witness([1, -2]) };
}

const { program, witness, twin } = squares();

describe('all that a verifier sees together', () => {
  it.each([
    ['one witness', witness],
    ['another with the same public values', twin],
  ])('tells nothing of %s: no relation among sent values is left beside the verifier’s own', (_, secret) => {
    const report = viewRank(program, secret);
    expect(report.accepted).toBe(true);
    expect(report.view).toBeGreaterThan(400);
    expect(report.rank).toBe(report.expected);
  });

  // What no statistic of single values or of pairs can see: each of the three alone, and each two, are uniform.
  it('shows a pad that is the sum of two others', () => {
    const report = viewRank(program, witness, (plan: Plan) => ({
      pads: (pads: Ext[]) => {
        const [a, b, c] = [3, 5, 7].map((i) => plan.pads.factors[i].pad);
        pads[c] = pads[a].map((x, j) => add(x, pads[b][j])) as unknown as Ext;
        fillProducts(plan, pads);
      },
    }));
    expect(report.accepted).toBe(true);
    expect(report.rank).toBeLessThan(report.expected);
  });

  it('shows a row whose random coefficients are the sum of two other rows’', () => {
    const report = viewRank(program, witness, (plan: Plan) => ({
      tails: (tails: Uint32Array) => {
        const { queries } = plan.parameters;
        for (let i = 0; i < queries; i++) tails[2 * queries + i] = add(tails[i], tails[queries + i]);
      },
    }));
    expect(report.accepted).toBe(true);
    expect(report.rank).toBeLessThan(report.expected);
  });

  it('shows random coefficients one short of the queries', () => {
    const report = viewRank(program, witness, (plan: Plan) => ({
      tails: (tails: Uint32Array) => {
        for (let at = 0; at < tails.length; at += plan.parameters.queries) tails[at] = 0;
      },
    }));
    expect(report.rank).toBeLessThan(report.expected);
  });
});
