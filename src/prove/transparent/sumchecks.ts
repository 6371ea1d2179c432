import { type Ext, extMul, extSub, type Fractions, type Kernels, ONE, type Planes, slicePlanes, ZERO } from '../../field/index.ts';
import { evaluateForm, type LinearForm, type LookupCells, type Program, type Source } from '../../program/index.ts';
import { type LayerChallenges, type LayerPads, type Plan, tableId } from '../../protocol/transparent/index.ts';
import type { Messages } from './messages.ts';

/** Denominators alpha - fingerprint at the leaves of the lookup tree; relations in their places, filler (0, 0) of table 0. */
export function lookupLeaves(plan: Plan, cells: readonly LookupCells[], alpha: Ext, beta: Ext, kernels: Kernels): Fractions {
  const { program, lookupSpace } = plan;
  const space = lookupSpace ?? { bits: 0, used: 0, offsets: [] };
  const q = kernels.planes(2 ** space.bits);
  const beta2 = extMul(beta, beta);
  const scales = [beta, beta2, extMul(beta2, beta)].map((power) => extSub(ZERO, power));
  program.lookups.forEach((lookup, i) => {
    const { a, o1, o2 } = cells[i];
    const columns = [a, o1, o2].filter((column) => column !== undefined);
    const mark = kernels.mark();
    kernels.affine(
      slicePlanes(q, space.offsets[i], a.length),
      extSub(alpha, tableId(lookup.table)),
      scales,
      columns.map((column) => kernels.base(column.length, column)),
    );
    kernels.release(mark);
  });
  kernels.affine(slicePlanes(q, space.used, q.length - space.used), extSub(alpha, tableId(0)), [], []);
  return { p: undefined, q };
}

/** Minus the multiplicities over alpha - fingerprint at the leaves of the table tree. */
export function tableLeaves(plan: Plan, counts: readonly Uint32Array[], alpha: Ext, beta: Ext, kernels: Kernels): Fractions {
  const { program, tableSpace } = plan;
  const space = tableSpace ?? { bits: 0, used: 0, offsets: [] };
  const p = kernels.planes(2 ** space.bits);
  const q = kernels.planes(2 ** space.bits);
  const beta2 = extMul(beta, beta);
  const scales = [beta, beta2, extMul(beta2, beta)].map((power) => extSub(ZERO, power));
  program.tables.forEach((table, t) => {
    const columns = [table.a, table.o1, table.o2].filter((column) => column !== undefined);
    const mark = kernels.mark();
    const bases = columns.map((column) => kernels.base(column.length, column));
    const count = kernels.base(counts[t].length, counts[t]);
    kernels.affine(slicePlanes(q, space.offsets[t], table.a.length), extSub(alpha, tableId(t)), scales, bases);
    kernels.affine(slicePlanes(p, space.offsets[t], count.length), ZERO, [extSub(ZERO, ONE)], [count]);
    kernels.release(mark);
  });
  kernels.affine(slicePlanes(q, space.used, q.length - space.used), extSub(alpha, tableId(0)), [], []);
  return { p, q };
}

/** All layers, leaves first; the last one is the root (length 1). */
export function buildTree(leaves: Fractions, kernels: Kernels): Fractions[] {
  const layers = [leaves];
  for (let top = leaves; top.q.length > 1; ) {
    top = kernels.fractionUp(top);
    layers.push(top);
  }
  return layers;
}

const halves = (v: Planes): readonly [Planes, Planes] => [slicePlanes(v, 0, v.length / 2), slicePlanes(v, v.length / 2, v.length / 2)];

/** Sumchecks of a tree from the root down; consumes the layers. */
export function proveTree(
  name: 'lookup' | 'table',
  layers: readonly Fractions[],
  pads: readonly LayerPads[],
  out: Messages,
  kernels: Kernels,
): LayerChallenges[] {
  const challenges: LayerChallenges[] = [];
  let point: readonly Ext[] = [];
  pads.forEach((pad, k) => {
    const { p, q } = layers[layers.length - 2 - k];
    const lambda = out.transcript.challenge(`${name} lambda`);
    const mark = kernels.mark();
    let [q0, q1] = halves(q);
    let [p0, p1] = p === undefined ? [undefined, undefined] : halves(p);
    let e = kernels.eqTable(point, ONE);
    const rounds: Ext[] = [];
    for (const cells of pad.rounds) {
      e = kernels.dropTop(e);
      out.padded(`${name} rounds ${k}`, kernels.fractionRound(p0, p1, q0, q1, e, lambda), cells);
      const r = out.transcript.challenge(`${name} round`);
      rounds.push(r);
      p0 = p0 === undefined ? undefined : kernels.fold(p0, r);
      p1 = p1 === undefined ? undefined : kernels.fold(p1, r);
      q0 = kernels.fold(q0, r);
      q1 = kernels.fold(q1, r);
    }
    const ends = [p0, p1, q0, q1].filter((v) => v !== undefined).map((v) => kernels.getAt(v, 0));
    out.padded(
      `${name} ends ${k}`,
      ends,
      [...(pad.p ?? []), ...pad.q].map((factor) => factor.pad),
    );
    const tau = out.transcript.challenge(`${name} tau`);
    challenges.push({ lambda, rounds, tau });
    point = [tau, ...rounds];
    kernels.release(mark);
  });
  return challenges;
}

/** The zero-check over all quadratics. */
export function proveZeroCheck(
  plan: Plan,
  read: (source: Source) => Uint32Array,
  out: Messages,
  kernels: Kernels,
): { readonly zeroPoint: readonly Ext[]; readonly zeroRounds: readonly Ext[] } {
  const { program, pads, zeroSpace } = plan;
  if (pads.zeroCheck === undefined || zeroSpace === undefined) return { zeroPoint: [], zeroRounds: [] };
  const mark = kernels.mark();
  const side = (pick: (program: Program, i: number) => LinearForm): Planes => {
    const values = new Uint32Array(2 ** zeroSpace.bits);
    program.quadratics.forEach((_, i) => {
      values.set(evaluateForm(pick(program, i), read), zeroSpace.offsets[i]);
    });
    const planes = kernels.planes(values.length);
    kernels.affine(planes, ZERO, [ONE], [kernels.base(values.length, values)]);
    values.fill(0);
    return planes;
  };
  let [a, b, c] = [side((p, i) => p.quadratics[i].a), side((p, i) => p.quadratics[i].b), side((p, i) => p.quadratics[i].c)];
  const zeroPoint = out.transcript.challenges('zero point', zeroSpace.bits);
  const zeroRounds: Ext[] = [];
  let e = kernels.eqTable(zeroPoint, ONE);
  for (const cells of pads.zeroCheck.rounds) {
    e = kernels.dropTop(e);
    out.padded('zero rounds', kernels.productRound(a, b, c, e), cells);
    const r = out.transcript.challenge('zero round');
    zeroRounds.push(r);
    [a, b, c] = [kernels.fold(a, r), kernels.fold(b, r), kernels.fold(c, r)];
  }
  const { a: padA, b: padB, c: padC } = pads.zeroCheck;
  out.padded('zero ends', [kernels.getAt(a, 0), kernels.getAt(b, 0), kernels.getAt(c, 0)], [padA.pad, padB.pad, padC]);
  kernels.release(mark);
  return { zeroPoint, zeroRounds };
}
