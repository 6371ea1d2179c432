// SPDX-License-Identifier: Apache-2.0
import { basis, type Ext, eqAt, extAdd, extInv, extIsZero, extMul, extNeg, extSub, type Kernels, ONE, ZERO } from '../../field/index.ts';
import { identityMatrix, type LinearForm, publicPart, type Table } from '../../program/index.ts';
import type { ProofData } from './codec.ts';
import type { FactorPad, LayerPads, Plan, Space } from './plan.ts';

/** Every challenge of the algebraic part, as drawn. */
export interface Challenges {
  readonly beta: Ext;
  readonly alpha: Ext;
  readonly zeroPoint: readonly Ext[];
  readonly zeroRounds: readonly Ext[];
  readonly lookup: readonly LayerChallenges[];
  readonly table: readonly LayerChallenges[];
  readonly chi: Ext;
  readonly equalityPoint: readonly Ext[];
  readonly gamma: Ext;
}

export interface LayerChallenges {
  readonly lambda: Ext;
  readonly rounds: readonly Ext[];
  readonly tau: Ext;
}

/** coefficient * (the form's extension at `point`), the form's public part taken out. */
export interface FormClaim {
  readonly form: LinearForm;
  readonly point: readonly Ext[];
  readonly coefficient: Ext;
}

/** One equation <L, w> = value: L as weights on forms and on the K cells of pads. */
export interface LinearClaim {
  readonly forms: readonly FormClaim[];
  /** Weight of K cell i of the pads (four F cells). */
  readonly pads: readonly Ext[];
  readonly value: Ext;
}

/** A sent value and the pad combination that it lacks: truth = sent + <weights, pads>. */
interface Track {
  sent: Ext;
  weights: (readonly [cell: number, weight: Ext])[];
}

class Assembly {
  readonly forms: FormClaim[] = [];
  readonly pads: Ext[];
  value: Ext = ZERO;
  equations = 0;
  /** Whether some sumcheck point had a zero coordinate, which no verifier accepts. */
  degenerate = false;
  private weight: Ext = ZERO;
  private readonly gamma: Ext;
  private readonly publicCells: Uint32Array;
  private readonly kernels: Kernels;

  constructor(padCount: number, gamma: Ext, publicCells: Uint32Array, kernels: Kernels) {
    this.pads = Array.from({ length: padCount }, () => ZERO);
    this.gamma = gamma;
    this.publicCells = publicCells;
    this.kernels = kernels;
  }

  /** Starts the next equation; its weight is the next power of gamma, gamma^0 first. */
  next(): void {
    this.weight = this.equations === 0 ? ONE : extMul(this.weight, this.gamma);
    this.equations++;
  }

  pad(cell: number, coefficient: Ext): void {
    this.pads[cell] = extAdd(this.pads[cell], extMul(this.weight, coefficient));
  }

  /** Adds coefficient * form(point) to the left side; what is public of it goes to the right. */
  form(form: LinearForm, point: readonly Ext[], coefficient: Ext): void {
    const weighted = extMul(this.weight, coefficient);
    this.forms.push({ form, point, coefficient: weighted });
    this.value = extSub(this.value, extMul(weighted, publicPart(form, point, this.publicCells, this.kernels)));
  }

  right(value: Ext): void {
    this.value = extAdd(this.value, extMul(this.weight, value));
  }

  track({ sent, weights }: Track, sign: Ext): void {
    for (const [cell, weight] of weights) this.pad(cell, extMul(sign, weight));
    this.right(extNeg(extMul(sign, sent)));
  }

  /** One round of a sumcheck whose eq factor is divided out: T <- (r/w) T + (1 - r/w) t0 + (r^2 - r) t2. */
  round(track: Track, w: Ext, r: Ext, sent: readonly [Ext, Ext], cells: readonly [number, number]): void {
    if (extIsZero(w)) {
      this.degenerate = true;
      return;
    }
    const kappa = extMul(r, extInv(w));
    const low = extSub(ONE, kappa);
    const lead = extSub(extMul(r, r), r);
    track.sent = extAdd(extMul(kappa, track.sent), extAdd(extMul(low, sent[0]), extMul(lead, sent[1])));
    track.weights = track.weights.map(([cell, weight]) => [cell, extMul(kappa, weight)] as const);
    track.weights.push([cells[0], low], [cells[1], lead]);
  }
}

/** The part of a space's point that is inside relation i, and the weight of the relation at the point. */
export function splitPoint(
  space: Space,
  i: number,
  bits: number,
  point: readonly Ext[],
): { readonly inside: readonly Ext[]; readonly weight: Ext } {
  const high = point.slice(0, space.bits - bits);
  return { inside: point.slice(space.bits - bits), weight: eqAt(high, space.offsets[i] / 2 ** bits) };
}

const lerp = (a: Ext, b: Ext, t: Ext): Ext => extAdd(a, extMul(t, extSub(b, a)));

/** id of table t in the fingerprint id + beta a + beta^2 o1 + beta^3 o2. */
export const tableId = (t: number): Ext => [t + 1, 0, 0, 0];

function tableExtension(table: Table, t: number, inside: readonly Ext[], beta: Ext, kernels: Kernels): Ext {
  const mark = kernels.mark();
  const weights = kernels.eqTable(inside, ONE);
  let power = ONE;
  let sum = tableId(t);
  for (const column of [table.a, table.o1, table.o2]) {
    power = extMul(power, beta);
    if (column !== undefined) sum = extAdd(sum, extMul(power, kernels.dotBase(weights, kernels.base(column.length, column))));
  }
  kernels.release(mark);
  return sum;
}

/** The multiplicities of table t as a form. */
export function multiplicityForm(plan: Plan, t: number): LinearForm {
  const { bits } = plan.program.tables[t];
  const source = plan.program.blocks.length + t;
  return { bits, terms: [{ source, scale: 1, factors: [{ outShift: 0, inShift: 0, matrix: identityMatrix({ size: 2 ** bits, bits }) }] }] };
}

/** sent p0 q1 + p1 q0 + lambda q0 q1 and the pads around it, on the right of T = ...: T's own track is subtracted. */
function layerEnd(out: Assembly, track: Track, ends: readonly Ext[], pads: LayerPads, lambda: Ext): void {
  const [p0, p1, q0, q1] = ends.length === 2 ? [ONE, ONE, ...ends] : ends;
  out.next();
  if (pads.p !== undefined) {
    out.pad(pads.p[0].pad, q1);
    out.pad(pads.p[1].pad, q0);
  }
  out.pad(pads.q[0].pad, extAdd(p1, extMul(lambda, q1)));
  out.pad(pads.q[1].pad, extAdd(p0, extMul(lambda, q0)));
  if (pads.e1 !== undefined) out.pad(pads.e1.value, ONE);
  out.pad(pads.e2.value, lambda);
  out.track(track, extNeg(ONE));
  out.right(extNeg(extAdd(extAdd(extMul(p0, q1), extMul(p1, q0)), extMul(lambda, extMul(q0, q1)))));
}

/** Runs one tree from its root claim to its leaves; returns the leaf point. */
function tree(
  out: Assembly,
  name: 'lookup' | 'table',
  data: ProofData,
  layers: readonly LayerPads[],
  challenges: readonly LayerChallenges[],
  root: { readonly p: Ext; readonly q: Ext; readonly pPad: FactorPad; readonly qPad: FactorPad },
): readonly Ext[] {
  let point: readonly Ext[] = [];
  const first = challenges[0].lambda;
  let track: Track = {
    sent: extAdd(root.p, extMul(first, root.q)),
    weights: [
      [root.pPad.pad, ONE],
      [root.qPad.pad, first],
    ],
  };
  layers.forEach((pads, k) => {
    const { lambda, rounds, tau } = challenges[k];
    const sent = data.ext(`${name} rounds ${k}`);
    rounds.forEach((r, i) => {
      out.round(track, point[i], r, [sent[2 * i], sent[2 * i + 1]], pads.rounds[i]);
    });
    const ends = data.ext(`${name} ends ${k}`);
    layerEnd(out, track, ends, pads, lambda);
    point = [tau, ...rounds];
    const next = challenges[k + 1]?.lambda;
    if (next !== undefined && pads.p !== undefined) {
      const [p0, p1, q0, q1] = ends;
      const low = extSub(ONE, tau);
      track = {
        sent: extAdd(lerp(p0, p1, tau), extMul(next, lerp(q0, q1, tau))),
        weights: [
          [pads.p[0].pad, low],
          [pads.p[1].pad, tau],
          [pads.q[0].pad, extMul(next, low)],
          [pads.q[1].pad, extMul(next, tau)],
        ],
      };
    }
  });
  return point;
}

/** (1 - tau) x0 + tau x1 with pads, on the left. */
function leaf(out: Assembly, pads: readonly [FactorPad, FactorPad], sent: readonly [Ext, Ext], tau: Ext): void {
  out.pad(pads[0].pad, extSub(ONE, tau));
  out.pad(pads[1].pad, tau);
  out.right(extNeg(lerp(sent[0], sent[1], tau)));
}

function lookupEquations(out: Assembly, plan: Plan, data: ProofData, { alpha, beta, lookup, table }: Challenges, kernels: Kernels): void {
  const { program, pads, lookupSpace, tableSpace } = plan;
  if (pads.join === undefined || lookupSpace === undefined || tableSpace === undefined) return;
  const { join } = pads;
  const [p1, q1, p2, q2] = data.ext('tree roots');
  out.next();
  out.pad(join.p[0].pad, q2);
  out.pad(join.p[1].pad, q1);
  out.pad(join.q[0].pad, p2);
  out.pad(join.q[1].pad, p1);
  out.pad(join.e1.value, ONE);
  out.right(extNeg(extAdd(extMul(p1, q2), extMul(p2, q1))));

  const lookupPoint = tree(out, 'lookup', data, pads.lookup, lookup, { p: p1, q: q1, pPad: join.p[0], qPad: join.q[0] });
  const lookupLeaf = pads.lookup.length - 1;
  const [l0, l1] = data.ext(`lookup ends ${lookupLeaf}`);
  const beta2 = extMul(beta, beta);
  const powers = [beta, beta2, extMul(beta2, beta)];
  out.next();
  leaf(out, pads.lookup[lookupLeaf].q, [l0, l1], lookup[lookupLeaf].tau);
  let filler = ONE;
  let ids = ZERO;
  program.lookups.forEach((relation, i) => {
    const { inside, weight } = splitPoint(lookupSpace, i, relation.a.bits, lookupPoint);
    filler = extSub(filler, weight);
    ids = extAdd(ids, extMul(weight, tableId(relation.table)));
    [relation.a, relation.o1, relation.o2].forEach((form, c) => {
      if (form !== undefined) out.form(form, inside, extMul(weight, powers[c]));
    });
  });
  out.right(extSub(alpha, extAdd(ids, extMul(filler, tableId(0)))));

  const tablePoint = tree(out, 'table', data, pads.table, table, { p: p2, q: q2, pPad: join.p[1], qPad: join.q[1] });
  const tableLeaf = pads.table.length - 1;
  const leafPads = pads.table[tableLeaf];
  const [m0, m1, d0, d1] = data.ext(`table ends ${tableLeaf}`);
  const { tau } = table[tableLeaf];
  // Numerators are minus the multiplicities: leaf + M(point) = 0.
  out.next();
  if (leafPads.p !== undefined) leaf(out, leafPads.p, [m0, m1], tau);
  let rest = ONE;
  let denominator = ZERO;
  program.tables.forEach((values, t) => {
    const { inside, weight } = splitPoint(tableSpace, t, values.bits, tablePoint);
    rest = extSub(rest, weight);
    denominator = extAdd(denominator, extMul(weight, tableExtension(values, t, inside, beta, kernels)));
    out.form(multiplicityForm(plan, t), inside, weight);
  });
  out.next();
  leaf(out, leafPads.q, [d0, d1], tau);
  out.right(extSub(alpha, extAdd(denominator, extMul(rest, tableId(0)))));
}

function zeroCheckEquations(out: Assembly, plan: Plan, data: ProofData, { zeroPoint, zeroRounds }: Challenges): void {
  const { program, pads, zeroSpace } = plan;
  if (pads.zeroCheck === undefined || zeroSpace === undefined) return;
  const { rounds, a, b, c, e } = pads.zeroCheck;
  const sent = data.ext('zero rounds');
  const [endA, endB, endC] = data.ext('zero ends');
  const track: Track = { sent: ZERO, weights: [] };
  zeroRounds.forEach((r, i) => {
    out.round(track, zeroPoint[i], r, [sent[2 * i], sent[2 * i + 1]], rounds[i]);
  });
  // T = AB - C + A b + B a + E - c.
  out.next();
  out.pad(b.pad, endA);
  out.pad(a.pad, endB);
  out.pad(e.value, ONE);
  out.pad(c, extNeg(ONE));
  out.track(track, extNeg(ONE));
  out.right(extSub(endC, extMul(endA, endB)));
  // Each end is what its forms say: forms(point) - pad = sent.
  const ends = [
    { pad: a.pad, value: endA, pick: 'a' },
    { pad: b.pad, value: endB, pick: 'b' },
    { pad: c, value: endC, pick: 'c' },
  ] as const;
  for (const { pad, value, pick } of ends) {
    out.next();
    out.pad(pad, extNeg(ONE));
    program.quadratics.forEach((relation, i) => {
      const { inside, weight } = splitPoint(zeroSpace, i, relation[pick].bits, zeroRounds);
      out.form(relation[pick], inside, weight);
    });
    out.right(value);
  }
}

function productEquations(out: Assembly, plan: Plan, data: ProofData, chi: Ext): void {
  const responses = data.ext('responses');
  for (const { pad, mask, response } of plan.pads.factors) {
    out.next();
    out.pad(pad, chi);
    out.pad(mask, ONE);
    out.right(responses[response]);
  }
  for (const { factors, value, cross, masks } of plan.pads.products) {
    out.next();
    out.pad(value, extMul(chi, chi));
    out.pad(cross, chi);
    out.pad(masks, ONE);
    for (const [x, y] of factors) out.right(extMul(responses[x.response], responses[y.response]));
  }
}

/**
 * All linear equations that the messages and challenges amount to, combined by powers of gamma: zero-check, join, lookup tree,
 * table tree, product tests, equalities, in this order. undefined when a sumcheck point has a zero coordinate (reject).
 */
export function assembleClaim(
  plan: Plan,
  publicCells: Uint32Array,
  data: ProofData,
  challenges: Challenges,
  kernels: Kernels,
): LinearClaim | undefined {
  const out = new Assembly(plan.pads.count, challenges.gamma, publicCells, kernels);
  zeroCheckEquations(out, plan, data, challenges);
  lookupEquations(out, plan, data, challenges, kernels);
  productEquations(out, plan, data, challenges.chi);
  const { equalitySpace, program } = plan;
  if (equalitySpace !== undefined) {
    out.next();
    program.equalities.forEach((form, i) => {
      const { inside, weight } = splitPoint(equalitySpace, i, form.bits, challenges.equalityPoint);
      out.form(form, inside, weight);
    });
  }
  if (out.degenerate) return undefined;
  return { forms: out.forms, pads: out.pads, value: out.value };
}

/** X^j weights of the four F cells of a K cell. */
export const CELL_BASIS: readonly Ext[] = [basis(0), basis(1), basis(2), basis(3)];
