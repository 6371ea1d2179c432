// SPDX-License-Identifier: Apache-2.0
//
// Networks of few bytes that ask for much planning: refused from their shapes where those show it, and while it is counted where they do not.
import { describe, expect, it } from 'vitest';
import type { IntGraph, LinearMap } from '../model/intGraph.ts';
import { IntNetworkWriter } from '../model/testing/intNetwork.test-util.ts';
import { prepareModel } from '../protocol/transparent/index.ts';
import { modelProgram, TooMuchWork, Work } from './index.ts';

const unit = { min: 0, max: 1 };
const reshape: LinearMap = { op: 'reshape' };
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const total = (w: IntNetworkWriter, ids: readonly number[]): number =>
  w.linear(
    [1, 1],
    ids.map((input) => ({ input, map: reshape })),
  );

/** Sums of one long tensor, over and over. */
function sums(count: number, length: number, spread: boolean): IntGraph {
  const w = new IntNetworkWriter();
  const x = spread ? w.linear([length, 1], [{ input: w.input([1, 1], unit), map: { op: 'expand' } }]) : w.input([length, 1], unit);
  return w.finish(
    total(
      w,
      times(count, () => w.linear([1, 1], [{ input: x, map: { op: 'reduce', axes: [0] } }])),
    ),
  );
}

/** Axes that have nothing in common, one after the other: each is a permutation of all cells. */
function dealt(steps: number, power: number): IntGraph {
  const w = new IntNetworkWriter();
  let x = w.input([3 ** power, 1], unit);
  for (let i = 0; i < steps; i++) {
    const low = 1 + (i % (power - 1));
    const [a, b] = [3 ** low, 3 ** (power - low)];
    const turned = w.linear([b, a], [{ input: w.linear([a, b], [{ input: x, map: reshape }]), map: { op: 'transpose', perm: [1, 0] } }]);
    x = w.linear([3 ** power, 1], [{ input: turned, map: reshape }]);
  }
  return w.finish(w.linear([1, 1], [{ input: x, map: { op: 'reduce', axes: [0] } }]));
}

function pieces(count: number, length: number): IntGraph {
  const w = new IntNetworkWriter();
  const x = w.input([length, 1], unit);
  const cut = (from: number): LinearMap => ({ op: 'slice', starts: [from, 0], steps: [1, 1] });
  return w.finish(
    total(
      w,
      times(count, (i) => w.linear([1, 1], [{ input: x, map: cut(i) }])),
    ),
  );
}

/** A long tensor turned around, again and again. */
function turned(count: number, length: number): IntGraph {
  const w = new IntNetworkWriter();
  let x = w.input([length, 1], unit);
  for (let i = 0; i < count; i++) x = w.linear([length, 1], [{ input: x, map: { op: 'slice', starts: [length - 1, 0], steps: [-1, 1] } }]);
  return w.finish(w.linear([1, 1], [{ input: x, map: { op: 'reduce', axes: [0] } }]));
}

/** Far more positions than anybody commits, out of one number, in another order. */
function spreadOut(): IntGraph {
  const w = new IntNetworkWriter();
  const x = w.linear([5, 2 ** 24], [{ input: w.input([1, 1], unit), map: { op: 'expand' } }]);
  const y = w.linear([2 ** 24, 5], [{ input: x, map: reshape }]);
  return w.finish(w.linear([1, 1], [{ input: y, map: { op: 'slice', starts: [0, 0], steps: [1, 1] } }]));
}

/** A table of two values and a wide domain: a row for every input. */
function tables(count: number, rows: number): IntGraph {
  const w = new IntNetworkWriter();
  const x = w.input([1, 1], unit);
  const wide = w.linear([1, 1], [{ input: x, map: { op: 'scale', factors: Int32Array.of(rows), factorShape: [1, 1] } }]);
  return w.finish(
    total(
      w,
      times(count, () => w.relu(wide, 0)),
    ),
  );
}

const copies = (count: number, length: number): IntGraph => {
  const w = new IntNetworkWriter();
  const x = w.input([length, 1], unit);
  return w.finish(...times(count, () => x));
};

/** The largest window that is accepted, over few positions. */
function wideWindow(kernel: number, outputs: number): IntGraph {
  const w = new IntNetworkWriter();
  const x = w.input([1, 1, outputs], unit);
  const map = { op: 'sumPool', kernel: [kernel], strides: [1], padsBefore: [0], dilations: [1] } as const;
  const y = w.linear([1, 1, outputs], [{ input: x, map }]);
  return w.finish(w.linear([1, 1, 1], [{ input: y, map: { op: 'reduce', axes: [2] } }]));
}

describe('networks whose shapes show what they take', () => {
  it.each<readonly [string, IntGraph, string]>([
    ['many sums of a long tensor', sums(200, 2 ** 18, false), 'steps'],
    ['many sums of a tensor that is never committed', sums(200, 2 ** 18, true), 'steps'],
    ['many pieces of a long tensor', pieces(400, 2 ** 18), 'steps'],
    ['many public values', copies(300, 2 ** 13), 'steps'],
    ['wide windows', wideWindow(2 ** 13, 2 ** 13), 'steps'],
    ['rows of tables', tables(20, 2 ** 20), 'rows'],
  ])('%s', (_, network, what) => {
    expect(prepareModel(network)).toMatchObject({
      ok: false,
      error: { code: 'verifier/too-large', params: { what: expect.stringContaining(what) } },
    });
  });
});

describe('work that shapes do not show is counted as it is done', () => {
  const limit = 2 ** 21;
  it.each<readonly [string, IntGraph]>([
    ['permutations that do not split', dealt(40, 7)],
    ['maps over maps', turned(60, 2 ** 9)],
    ['many small nodes', dealt(1200, 2)],
  ])('%s', (_, network) => {
    expect(() => modelProgram(network, undefined, new Work(limit))).toThrow(TooMuchWork);
  });

  it('is a typed refusal', () => {
    expect(prepareModel(spreadOut())).toMatchObject({ ok: false, error: { code: 'verifier/too-large' } });
  });

  it('is told as it goes, and ends where who listens throws', () => {
    const told: number[] = [];
    expect(prepareModel(dealt(3, 5), undefined, (fraction) => told.push(fraction)).ok).toBe(true);
    expect(told.length).toBeGreaterThan(10);
    expect(told.at(-1)).toBe(1);
    expect(told.every((x, i) => x >= (told[i - 1] ?? 0) && x <= 1)).toBe(true);
    const stop = new Error('stopped');
    expect(() =>
      prepareModel(dealt(3, 5), undefined, () => {
        throw stop;
      }),
    ).toThrow(stop);
  });
});
