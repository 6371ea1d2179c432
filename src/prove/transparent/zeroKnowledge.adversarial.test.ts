import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Columns, type Ext, ONE, P, PlainKernels, type Rows, ZERO } from '../../field/index.ts';
import { mixedProgram, tinyNet } from '../../program/testing/samples.ts';
import { proofFields } from '../../protocol/transparent/index.ts';
import { runVerifier } from '../../verify/transparent/verifier.ts';
import type { Committed } from './commit.ts';
import type { Hooks } from './hooks.ts';
import { audit, type View, viewOf } from './testing/audit.ts';
import { prove, setup } from './testing/bench.ts';
import { ProgrammedTranscript, simulate } from './testing/simulator.ts';

// Proofs are synchronous: without a breath between tests the runner believes its worker dead.
beforeEach(() => new Promise<void>((resolve) => void setTimeout(resolve, 0)));

const sample = tinyNet(2);
const ready = setup(sample);
const twin = { ...ready, witness: sample.twin };
const RUNS = 60;

let views: View[];
let twins: View[];
let simulated: View[];

beforeAll(async () => {
  const many = async (make: () => View): Promise<View[]> => {
    const made: View[] = [];
    for (let i = 0; i < RUNS; i++) {
      made.push(make());
      await new Promise<void>((resolve) => void setTimeout(resolve, 0));
    }
    return made;
  };
  views = await many(() => viewOf(ready, {}));
  twins = await many(() => viewOf(twin, {}));
  simulated = await many(() => simulate(ready).view);
}, 300_000);

test('the two witnesses differ where it matters and share the public output', () => {
  expect(sample.twin.publics).toEqual(sample.witness.publics);
  expect(String(sample.twin.blocks)).not.toBe(String(sample.witness.blocks));
});

test('the simulator, without any witness, convinces a verifier whose challenges it programs', () => {
  for (let i = 0; i < 5; i++) {
    const { proof, script } = simulate(ready);
    const checked = runVerifier({ ...ready, proof }, new ProgrammedTranscript(script));
    expect(checked.ok).toBe(true);
    // The same bytes under honest challenges are worthless.
    expect(runVerifier({ ...ready, proof }).ok).toBe(false);
  }
});

describe('challenges that make a check empty are refused, however the rest was solved for', () => {
  const under = (script: { readonly exts: readonly Ext[]; readonly positions: readonly number[] }, proof: Uint8Array) =>
    runVerifier({ ...ready, proof }, new ProgrammedTranscript(script));
  test.each(['c', "c'"] as const)('%s = 0: any value of the inner product would pass, or any row of pads', (label) => {
    const { proof, script } = simulate(ready, label);
    expect(script.exts.at(label === 'c' ? -2 : -1)).toEqual(ZERO);
    expect(under(script, proof)).toEqual({ ok: false, error: { code: 'proof/invalid', params: { what: 'zero challenge' } } });
  });
  test('a zero coordinate of a point: the round it divides out is bound to nothing', () => {
    const { proof, script } = simulate(ready);
    // beta, alpha, lambda of the first layer, then the first tau: the coordinate of the next layer's round.
    const exts = script.exts.map((x, i) => (i === 3 ? ZERO : x));
    expect(under({ ...script, exts }, proof)).toEqual({ ok: false, error: { code: 'proof/invalid', params: { what: 'zero challenge' } } });
  });
});

test('every padded value has a pad of its own, and no mask or product of pads is one of them', () => {
  const mixed = setup(mixedProgram(1));
  const { products, factors, count } = mixed.plan.pads;
  const used = new Map<string, number>();
  const cells: number[] = [];
  prove(mixed, {
    padded: (name, own) => {
      used.set(name, (used.get(name) ?? 0) + own.length);
      cells.push(...own);
    },
  });
  expect(new Set(cells).size).toBe(cells.length);
  const kept = [...factors.map(({ mask }) => mask), ...products.flatMap(({ value, cross, masks }) => [value, cross, masks])];
  expect(cells.filter((cell) => kept.includes(cell))).toEqual([]);
  // Nothing is drawn for nothing, and nothing over K is sent bare but what docs/protocol.md section 8 says is uniform or determined.
  expect(cells.length + kept.length).toBe(count);
  const bare = ['responses', 'inner rounds', 'mask product', 'row', 'pad mask product', 'pad row'];
  for (const { name, kind, count: elements } of proofFields(mixed.plan))
    if (kind === 'ext' && !bare.includes(name)) expect(used.get(name), name).toBe(elements);
});

test('every field of a proof is uniform, whichever witness made it, and no two proofs share randomness', () => {
  expect(audit(ready.plan, views)).toEqual([]);
  expect(audit(ready.plan, twins)).toEqual([]);
  expect(proofFields(ready.plan).length).toBeGreaterThan(30);
});

test('no statistic tells the two witnesses or the simulator apart', () => {
  // Mean of every word position over the runs: a normal deviate each; the largest of some thousands stays below 5.5 sigma.
  const mean = (set: readonly View[], at: number): number => set.reduce((sum, { words }) => sum + (words[at] ?? 0) / P, 0) / set.length;
  const sigma = Math.sqrt(1 / 12 / RUNS);
  const positions = views[0]?.words.length ?? 0;
  expect(positions).toBeGreaterThan(2000);
  for (const [a, b] of [
    [views, twins],
    [views, simulated],
    [twins, simulated],
  ] as const) {
    let worst = 0;
    for (let at = 0; at < positions; at++) worst = Math.max(worst, Math.abs(mean(a, at) - mean(b, at)) / (sigma * Math.SQRT2));
    expect(worst).toBeLessThan(5.5);
  }
});

describe('planted leaks turn the audit red', () => {
  const leaks = (hooks: Hooks, kernels?: () => PlainKernels): string[] =>
    audit(
      ready.plan,
      Array.from({ length: 12 }, () => viewOf(ready, hooks, kernels?.())),
    );

  test('a zeroed pad, each kind of it', () => {
    const { pads } = ready.plan;
    const cells = {
      round: pads.lookup[2]?.rounds[1]?.[0],
      leading: pads.table[2]?.rounds[0]?.[1],
      end: pads.lookup[1]?.q[1].pad,
      root: pads.join?.p[0].pad,
      mask: pads.factors[5]?.mask,
    };
    for (const [kind, cell] of Object.entries(cells))
      expect(
        leaks({
          pads: (all) => {
            all[cell ?? -1] = ZERO;
          },
        }),
        kind,
      ).toContain(`pad ${cell} is not uniform`);
  });
  test('a mask used for two factors', () => {
    const [a, b] = ready.plan.pads.factors.slice(3, 5);
    const found = leaks({
      pads: (all) => {
        all[a?.mask ?? 0] = all[b?.mask ?? 0] ?? ONE;
      },
    });
    expect(found.some((line) => line.includes('share randomness'))).toBe(true);
  });
  test('a pad, a row mask or a salt kept from the proof before', () => {
    let kept: readonly Ext[] | undefined;
    expect(
      leaks({
        masks: ({ s }) => {
          if (kept === undefined) kept = [...s];
          else s.splice(0, s.length, ...kept);
        },
      }).some((line) => line.includes('row mask')),
    ).toBe(true);
  });
  test('missing salts', () => {
    expect(leaks({ salts: (salts) => void salts.fill(0) })).toContain('salts repeat');
  });
  test('one salt for all leaves of a proof', () => {
    const one = (salts: Uint8Array): void => {
      for (let at = 32; at < salts.length; at += 32) salts.copyWithin(at, 0, 32);
    };
    expect(leaks({ salts: one })).toContain('salts repeat');
  });
  test('random coefficients one short of the queries, or shared by two rows', () => {
    const { queries } = ready.plan.parameters;
    const short = (tails: Uint32Array): void => {
      for (let at = queries - 1; at < tails.length; at += queries) tails[at] = 0;
    };
    expect(leaks({ tails: short })).toContain(`random coefficient ${queries - 1} repeats`);
    const shared = (tails: Uint32Array): void => void tails.copyWithin(queries, 0, queries);
    expect(leaks({ tails: shared })).toContain('two rows share their random coefficients');
  });
  test('a row mask of only l places: the random coefficients of the rows show', () => {
    const l = 2 ** ready.plan.parameters.rowLengthBits;
    expect(leaks({ masks: ({ s }) => void s.fill(ZERO, l) }).some((line) => line.includes('row mask'))).toBe(true);
  });
  test('rows without random coefficients: the columns show data', () => {
    expect(leaks({ tails: (tails) => void tails.fill(0) })).toContain('random coefficients are not uniform');
  });
  test('an evaluation encoding: the columns are the data', () => {
    class Systematic extends PlainKernels {
      /** Opens the cells themselves in the first columns. */
      override commit(rows: Rows, logSize: number, salts: Uint8Array): Columns {
        const honest = super.commit(rows, logSize, salts);
        const { body, rowLength } = rows;
        return {
          ...honest,
          open: (positions) =>
            honest
              .open(positions)
              .map((column, i) =>
                column.map((x, r) =>
                  (positions[i] ?? 0) < rowLength && r < body.length / rowLength ? (body[r * rowLength + (positions[i] ?? 0)] ?? 0) : x,
                ),
              ),
        };
      }
    }
    expect(leaks({}, () => new Systematic()).some((line) => line.includes('columns'))).toBe(true);
  });
});

test('everything secret is overwritten when the job ends', () => {
  let seen: Committed | undefined;
  viewOf(ready, {
    observe: (committed) => {
      seen = committed;
    },
  });
  expect(seen?.cells.every((x) => x === 0)).toBe(true);
  expect(seen?.tails.every((x) => x === 0)).toBe(true);
});
