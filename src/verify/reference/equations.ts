// SPDX-License-Identifier: Apache-2.0
import { eqAll, eqOne, inverse, isZero, type K, k, minus, one, plus, scaled, times, zero } from './arithmetic.ts';
import type { Description, Form, Table } from './decode.ts';
import type { Layer, Layout, Packing } from './plan.ts';

export interface LayerDraws {
  readonly lambda: K;
  readonly rounds: readonly K[];
  readonly tau: K;
}

export interface Draws {
  readonly beta: K;
  readonly alpha: K;
  readonly zeroPoint: readonly K[];
  readonly zeroRounds: readonly K[];
  readonly lookup: readonly LayerDraws[];
  readonly table: readonly LayerDraws[];
  readonly chi: K;
  readonly equalityPoint: readonly K[];
  readonly gamma: K;
}

/** A sent value and the pads that it lacks, weights by pad cell. */
interface Track {
  T: K;
  pi: Map<number, K>;
}

const at = <T>(values: readonly T[], i: number): T => {
  const value = values[i];
  if (value === undefined) throw new RangeError('reference: index out of range');
  return value;
};

/** Section 6: the weights L on every cell of the witness, one by one, and the value v. undefined when a coordinate is zero. */
export function combine(
  program: Description,
  plan: Layout,
  publics: readonly number[],
  sent: (label: string) => readonly K[],
  draws: Draws,
): { readonly L: K[]; readonly v: K } | undefined {
  const L: K[] = Array.from({ length: plan.cells }, () => zero);
  let v = zero;
  let weight = one;
  let count = 0;
  let bad = false;
  const publicCells = [1n, ...publics.map(BigInt)];

  const equation = (): void => {
    if (count > 0) weight = times(weight, draws.gamma);
    count++;
  };
  const addPad = (cell: number, c: K): void => {
    const w = times(weight, c);
    for (let j = 0; j < 4; j++) {
      const x: K = [j === 0 ? 1n : 0n, j === 1 ? 1n : 0n, j === 2 ? 1n : 0n, j === 3 ? 1n : 0n];
      L[plan.padBase + 4 * cell + j] = plus(at(L, plan.padBase + 4 * cell + j), times(w, x));
    }
  };
  const right = (x: K): void => {
    v = plus(v, times(weight, x));
  };
  /** f(r) weighted by c: every entry of every matrix. */
  const addForm = (form: Form, r: readonly K[], c: K): void => {
    const eq = eqAll(r);
    for (const term of form.terms) {
      let entries: { out: number; inp: number; value: bigint }[] = [{ out: 0, inp: 0, value: BigInt(term.scale) }];
      for (const { outShift, inShift, matrix } of term.factors) {
        const cells: { row: number; col: number; value: bigint }[] = [];
        if (matrix.kind === 'identity') for (let i = 0; i < matrix.size; i++) cells.push({ row: i, col: i, value: 1n });
        else if (matrix.kind === 'entries')
          matrix.rows.forEach((row, i) => {
            cells.push({ row, col: matrix.cols[i] ?? 0, value: BigInt(matrix.values[i] ?? 0) });
          });
        else
          matrix.values.forEach((value, i) => {
            cells.push({ row: Math.floor(i / matrix.cols.length), col: matrix.cols[i % matrix.cols.length] ?? 0, value: BigInt(value) });
          });
        entries = entries.flatMap((e) =>
          cells.map(({ row, col, value }) => ({
            out: e.out + row * 2 ** outShift,
            inp: e.inp + col * 2 ** inShift,
            value: e.value * value,
          })),
        );
      }
      for (const { out, inp, value } of entries) {
        const w = times(weight, c, scaled(at(eq, out), value));
        if (term.source === 'public') v = minus(v, scaled(w, publicCells[inp] ?? 0n));
        else {
          const cell = at(plan.sources.at, term.source) + inp;
          L[cell] = plus(at(L, cell), w);
        }
      }
    }
  };
  const split = (space: Packing, i: number, bits: number, r: readonly K[]): { readonly low: readonly K[]; readonly place: K } => ({
    low: r.slice(space.bits - bits),
    place: eqOne(r.slice(0, space.bits - bits), at(space.at, i) / 2 ** bits),
  });
  const round = (track: Track, w: K, r: K, t: readonly [K, K], cells: readonly [number, number]): void => {
    if (isZero(w)) {
      bad = true;
      return;
    }
    const kk = times(r, inverse(w));
    const lead = minus(times(r, r), r);
    track.T = plus(times(kk, track.T), times(minus(one, kk), t[0]), times(lead, t[1]));
    for (const [cell, x] of track.pi) track.pi.set(cell, times(kk, x));
    track.pi.set(cells[0], minus(one, kk));
    track.pi.set(cells[1], lead);
  };
  /** - pi on the left, T on the right. */
  const closes = ({ T, pi }: Track): void => {
    for (const [cell, x] of pi) addPad(cell, minus(zero, x));
    right(T);
  };
  const padOf = (factor: number): number => at(plan.factors, factor).pad;
  const productOf = (product: number): number => at(plan.products, product).cells[0];
  const pair = (values: readonly K[], i: number): readonly [K, K] => [at(values, 2 * i), at(values, 2 * i + 1)];

  if (plan.zero && plan.zeroEnds) {
    const track: Track = { T: zero, pi: new Map() };
    draws.zeroRounds.forEach((r, i) => {
      round(track, at(draws.zeroPoint, i), r, pair(sent('zero rounds'), i), at(plan.zeroRounds, i));
    });
    const [A, B, C] = [0, 1, 2].map((i) => at(sent('zero ends'), i)) as [K, K, K];
    equation();
    addPad(padOf(plan.zeroEnds.b), A);
    addPad(padOf(plan.zeroEnds.a), B);
    addPad(productOf(plan.zeroEnds.e), one);
    addPad(plan.zeroEnds.c, minus(zero, one));
    closes(track);
    right(minus(C, times(A, B)));
    const sides = [
      ['a', padOf(plan.zeroEnds.a), A],
      ['b', padOf(plan.zeroEnds.b), B],
      ['c', plan.zeroEnds.c, C],
    ] as const;
    for (const [side, pad, value] of sides) {
      equation();
      for (const [i, q] of program.quadratics.entries()) {
        const { low, place } = split(plan.zero, i, q[side].bits, draws.zeroRounds);
        addForm(q[side], low, place);
      }
      addPad(pad, minus(zero, one));
      right(value);
    }
  }

  if (plan.lookup && plan.table && plan.join) {
    const roots = sent('tree roots');
    const [P1, Q1, P2, Q2] = [0, 1, 2, 3].map((i) => at(roots, i)) as [K, K, K, K];
    const [p0, p1, q0, q1] = plan.join.ends as [number, number, number, number];
    equation();
    addPad(padOf(p0), Q2);
    addPad(padOf(p1), Q1);
    addPad(padOf(q0), P2);
    addPad(padOf(q1), P1);
    addPad(productOf(plan.join.e1), one);
    right(minus(zero, plus(times(P1, Q2), times(P2, Q1))));

    const walk = (
      name: string,
      layers: readonly Layer[],
      all: readonly LayerDraws[],
      root: { P: K; Q: K; p: number; q: number },
    ): readonly K[] => {
      let point: readonly K[] = [];
      let T = plus(root.P, times(at(all, 0).lambda, root.Q));
      let pi = new Map([
        [padOf(root.p), one],
        [padOf(root.q), at(all, 0).lambda],
      ]);
      layers.forEach((layer, i) => {
        const { lambda, rounds, tau } = at(all, i);
        const track: Track = { T, pi };
        rounds.forEach((r, j) => {
          round(track, at(point, j), r, pair(sent(`${name} rounds ${i}`), j), at(layer.rounds, j));
        });
        const ends = sent(`${name} ends ${i}`);
        const bare = ends.length === 2;
        const [a0, a1, b0, b1] = (bare ? [one, one, ...ends] : ends) as [K, K, K, K];
        const factors = bare ? [-1, -1, ...layer.ends] : layer.ends;
        equation();
        if (!bare) {
          addPad(padOf(at(factors, 0)), b1);
          addPad(padOf(at(factors, 1)), b0);
        }
        addPad(padOf(at(factors, 2)), plus(a1, times(lambda, b1)));
        addPad(padOf(at(factors, 3)), plus(a0, times(lambda, b0)));
        if (layer.e1 !== undefined) addPad(productOf(layer.e1), one);
        addPad(productOf(layer.e2), lambda);
        closes(track);
        right(minus(zero, plus(times(a0, b1), times(a1, b0), times(lambda, b0, b1))));
        point = [tau, ...rounds];
        const following = all[i + 1];
        if (following) {
          const mix = (x: K, y: K): K => plus(times(minus(one, tau), x), times(tau, y));
          T = plus(mix(a0, a1), times(following.lambda, mix(b0, b1)));
          pi = new Map([
            [padOf(at(factors, 0)), minus(one, tau)],
            [padOf(at(factors, 1)), tau],
            [padOf(at(factors, 2)), times(following.lambda, minus(one, tau))],
            [padOf(at(factors, 3)), times(following.lambda, tau)],
          ]);
        }
      });
      return point;
    };
    const beta = [draws.beta, times(draws.beta, draws.beta), times(draws.beta, draws.beta, draws.beta)];
    const leafPads = (factors: readonly number[], tau: K, x: K, y: K): void => {
      addPad(padOf(at(factors, 0)), minus(one, tau));
      addPad(padOf(at(factors, 1)), tau);
      right(minus(zero, plus(times(minus(one, tau), x), times(tau, y))));
    };

    const r = walk('lookup', plan.lookupLayers, draws.lookup, { P: P1, Q: Q1, p: p0, q: q0 });
    const lastLookup = plan.lookupLayers.length - 1;
    const ends = sent(`lookup ends ${lastLookup}`);
    equation();
    leafPads(at(plan.lookupLayers, lastLookup).ends, at(draws.lookup, lastLookup).tau, at(ends, 0), at(ends, 1));
    let covered = zero;
    right(draws.alpha);
    for (const [i, lookup] of program.lookups.entries()) {
      const { low, place } = split(plan.lookup, i, lookup.a.bits, r);
      covered = plus(covered, place);
      right(minus(zero, times(place, k(lookup.table + 1))));
      for (const [c, form] of [lookup.a, lookup.o1, lookup.o2].entries()) if (form) addForm(form, low, times(place, at(beta, c)));
    }
    right(minus(covered, one));

    const s = walk('table', plan.tableLayers, draws.table, { P: P2, Q: Q2, p: p1, q: q1 });
    const lastTable = plan.tableLayers.length - 1;
    const tau = at(draws.table, lastTable).tau;
    const tableEnds = sent(`table ends ${lastTable}`);
    const factors = at(plan.tableLayers, lastTable).ends;
    equation();
    leafPads(factors.slice(0, 2), tau, at(tableEnds, 0), at(tableEnds, 1));
    for (const [t, table] of program.tables.entries()) {
      const { low, place } = split(plan.table, t, table.bits, s);
      eqAll(low).forEach((x, i) => {
        const cell = at(plan.sources.at, program.blocks.length + t) + i;
        L[cell] = plus(at(L, cell), times(weight, place, x));
      });
    }
    equation();
    leafPads(factors.slice(2), tau, at(tableEnds, 2), at(tableEnds, 3));
    let seen = zero;
    right(draws.alpha);
    for (const [t, table] of program.tables.entries()) {
      const { low, place } = split(plan.table, t, table.bits, s);
      seen = plus(seen, place);
      right(minus(zero, times(place, rows(table, t, low, beta))));
    }
    right(minus(seen, one));
  }

  plan.factors.forEach(({ pad, mask }, i) => {
    equation();
    addPad(pad, draws.chi);
    addPad(mask, one);
    right(at(sent('responses'), i));
  });
  for (const { pairs, cells } of plan.products) {
    equation();
    addPad(cells[0], times(draws.chi, draws.chi));
    addPad(cells[1], draws.chi);
    addPad(cells[2], one);
    for (const [x, y] of pairs) right(times(at(sent('responses'), x), at(sent('responses'), y)));
  }
  if (plan.equality) {
    equation();
    for (const [i, form] of program.equalities.entries()) {
      const { low, place } = split(plan.equality, i, form.bits, draws.equalityPoint);
      addForm(form, low, place);
    }
  }
  return bad ? undefined : { L, v };
}

/** id + beta a + beta^2 o1 + beta^3 o2 at a point. */
function rows(table: Table, t: number, low: readonly K[], beta: readonly K[]): K {
  const eq = eqAll(low);
  const [a, o1, o2] = table.columns.map((values) => {
    let sum = zero;
    values?.forEach((x, i) => {
      if (x !== 0) sum = plus(sum, scaled(at(eq, i), BigInt(x)));
    });
    return sum;
  }) as [K, K, K];
  return plus(k(t + 1), times(at(beta, 0), a), times(at(beta, 1), o1), times(at(beta, 2), o2));
}
