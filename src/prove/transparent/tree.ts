import { invariant } from '../../base/index.ts';
import { type Ext, extAdd, type Fractions, type Kernels, ONE, type Planes, slicePlanes, ZERO } from '../../field/index.ts';
import type { LayerChallenges, LayerPads } from '../../protocol/transparent/index.ts';
import type { Leaves } from './leaves.ts';
import type { Messages } from './messages.ts';

/** log2 of the leaves that are made at a time: what they fill stays in the second cache. */
export const STEP_BITS = 14;

/** Trees up to this many bits keep every layer above the leaves; larger ones make the first again when it is proven. */
export const KEEP_BITS = 16;

type Pair = { readonly p: Planes; readonly q: Planes };

/** Layers above the leaves by height; the lowest may be missing, and is then made from the leaves when it is needed. */
export interface Tree {
  readonly leaves: Leaves;
  readonly layers: readonly Pair[];
  /** Height of layers[0]: 1 or 2. */
  readonly lowest: number;
  /** Where the kernels' memory stood before each layer, so that layers are given back from the root down. */
  readonly marks: readonly number[];
  readonly root: { readonly p: Ext; readonly q: Ext };
}

const halves = (v: Planes): readonly [Planes, Planes] => [slicePlanes(v, 0, v.length / 2), slicePlanes(v, v.length / 2, v.length / 2)];
const slice = ({ p, q }: Pair, from: number, length: number): Pair => ({
  p: slicePlanes(p, from, length),
  q: slicePlanes(q, from, length),
});

/** Nodes [from, from + into.q.length) of height 1, out of pairs of leaves. `scratch`: twice as long. */
function firstLayer(leaves: Leaves, from: number, into: Pair, scratch: Pair, kernels: Kernels): void {
  const length = into.q.length;
  const both = slice(scratch, 0, 2 * length);
  for (const half of [0, 1]) {
    const part = slice(both, half * length, length);
    leaves.read(from + half * 2 ** (leaves.bits - 1), part.q, leaves.ones ? undefined : part.p);
  }
  kernels.fractionUp({ p: leaves.ones ? undefined : both.p, q: both.q }, into);
}

const pair = (length: number, kernels: Kernels): Pair => ({ p: kernels.planes(length, true), q: kernels.planes(length, true) });

/** The layer of height 1, whole. */
function makeFirst(leaves: Leaves, kernels: Kernels): Pair {
  const size = 2 ** (leaves.bits - 1);
  const layer = pair(size, kernels);
  const mark = kernels.mark();
  const step = Math.min(size, 2 ** STEP_BITS);
  const scratch = pair(2 * step, kernels);
  for (let from = 0; from < size; from += step) firstLayer(leaves, from, slice(layer, from, step), scratch, kernels);
  kernels.release(mark);
  return layer;
}

/** The layer of height 2, without keeping the one below it. */
function makeSecond(leaves: Leaves, kernels: Kernels): Pair {
  const size = 2 ** (leaves.bits - 2);
  const layer = pair(size, kernels);
  const mark = kernels.mark();
  const step = Math.min(size, 2 ** STEP_BITS);
  const scratch = pair(2 * step, kernels);
  const first = pair(2 * step, kernels);
  for (let from = 0; from < size; from += step) {
    for (const half of [0, 1]) firstLayer(leaves, from + half * size, slice(first, half * step, step), scratch, kernels);
    kernels.fractionUp(first, slice(layer, from, step));
  }
  kernels.release(mark);
  return layer;
}

/** All layers from the leaves to the root, the lowest left out where it is large. */
export function buildTree(leaves: Leaves, kernels: Kernels): Tree {
  const lowest = leaves.bits > KEEP_BITS ? 2 : 1;
  const marks = [kernels.mark()];
  const layers = [lowest === 2 ? makeSecond(leaves, kernels) : makeFirst(leaves, kernels)];
  for (let top = layers[0]; top.q.length > 1; layers.push(top)) {
    marks.push(kernels.mark());
    const { p, q } = kernels.fractionUp(top);
    invariant(p !== undefined, 'tree: a layer without numerators');
    top = { p, q };
  }
  const top = layers[layers.length - 1];
  return { leaves, layers, lowest, marks, root: { p: kernels.getAt(top.p, 0), q: kernels.getAt(top.q, 0) } };
}

/** What a layer's sumcheck works on: halves of its children, or the leaves themselves before their first fold. */
interface Layer {
  round(e: Planes, lambda: Ext): readonly [Ext, Ext];
  fold(r: Ext): void;
  ends(): readonly Ext[];
}

class HeldLayer implements Layer {
  private parts: readonly Planes[];
  private readonly kernels: Kernels;
  /** (p0, p1, q0, q1), or (q0, q1) when every numerator is 1. */
  constructor(parts: readonly Planes[], kernels: Kernels) {
    this.parts = parts;
    this.kernels = kernels;
  }
  round(e: Planes, lambda: Ext): readonly [Ext, Ext] {
    const [q0, q1] = this.parts.slice(-2);
    const [p0, p1] = this.parts.length === 4 ? this.parts : [undefined, undefined];
    return this.kernels.fractionRound(p0, p1, q0, q1, e, lambda);
  }
  fold(r: Ext): void {
    this.parts = this.parts.map((part) => this.kernels.fold(part, r));
  }
  ends(): readonly Ext[] {
    return this.parts.map((part) => this.kernels.getAt(part, 0));
  }
}

/** Leaves: the first round and the first fold make them piece by piece; then they are held, at half their number. */
class LeafLayer implements Layer {
  private held: HeldLayer | undefined;
  private readonly leaves: Leaves;
  private readonly kernels: Kernels;
  constructor(leaves: Leaves, kernels: Kernels) {
    this.leaves = leaves;
    this.kernels = kernels;
    // A tree of two leaves has no round.
    if (leaves.bits === 1) {
      const { p, q } = pair(2, kernels);
      leaves.read(0, q, leaves.ones ? undefined : p);
      this.held = new HeldLayer([...(leaves.ones ? [] : halves(p)), ...halves(q)], kernels);
    }
  }

  /** Visits the pieces; each part is (low, high) of the round's variable, one after the other. */
  private pieces(visit: (parts: readonly Planes[], from: number, step: number) => void): void {
    const { leaves, kernels } = this;
    const quarter = 2 ** (leaves.bits - 2);
    const step = Math.min(quarter, 2 ** (STEP_BITS - 1));
    const mark = kernels.mark();
    const [first, second] = [pair(2 * step, kernels), pair(2 * step, kernels)];
    for (let from = 0; from < quarter; from += step) {
      [first, second].forEach((half, h) => {
        for (const low of [0, 1]) {
          const { p, q } = slice(half, low * step, step);
          leaves.read((2 * h + low) * quarter + from, q, leaves.ones ? undefined : p);
        }
      });
      visit([...(leaves.ones ? [] : [first.p, second.p]), first.q, second.q], from, step);
    }
    kernels.release(mark);
  }

  round(e: Planes, lambda: Ext): readonly [Ext, Ext] {
    if (this.held !== undefined) return this.held.round(e, lambda);
    let sums: readonly [Ext, Ext] = [ZERO, ZERO];
    this.pieces((parts, from, step) => {
      const [q0, q1] = parts.slice(-2);
      const [p0, p1] = parts.length === 4 ? parts : [undefined, undefined];
      const [constant, leading] = this.kernels.fractionRound(p0, p1, q0, q1, slicePlanes(e, from, step), lambda);
      sums = [extAdd(sums[0], constant), extAdd(sums[1], leading)];
    });
    return sums;
  }

  fold(r: Ext): void {
    if (this.held !== undefined) {
      this.held.fold(r);
      return;
    }
    const targets = Array.from({ length: this.leaves.ones ? 2 : 4 }, () => this.kernels.planes(2 ** (this.leaves.bits - 2), true));
    this.pieces((parts, from, step) => {
      parts.forEach((part, i) => {
        this.kernels.fold(part, r, step, slicePlanes(targets[i], from, step));
      });
    });
    this.held = new HeldLayer(targets, this.kernels);
  }

  ends(): readonly Ext[] {
    invariant(this.held !== undefined, 'tree: a leaf layer ends before its first round');
    return this.held.ends();
  }
}

/** Sumchecks of a tree from the root down; consumes the layers, which must be the newest of the kernels' vectors, root last. */
export function proveTree(
  name: 'lookup' | 'table',
  { leaves, layers, lowest, marks }: Tree,
  pads: readonly LayerPads[],
  out: Messages,
  kernels: Kernels,
): LayerChallenges[] {
  const challenges: LayerChallenges[] = [];
  let point: readonly Ext[] = [];
  const childOf = (height: number): Layer => {
    if (height === 0) return new LeafLayer(leaves, kernels);
    const { p, q }: Fractions = height < lowest ? makeFirst(leaves, kernels) : layers[height - lowest];
    invariant(p !== undefined, 'tree: a layer without numerators');
    return new HeldLayer([...halves(p), ...halves(q)], kernels);
  };
  pads.forEach((pad, k) => {
    const height = leaves.bits - 1 - k;
    // The layers above are done.
    kernels.release(height < lowest ? marks[0] : (marks[height - lowest + 1] ?? kernels.mark()));
    const mark = kernels.mark();
    const lambda = out.transcript.challenge(`${name} lambda`);
    const layer = childOf(height);
    // The weights of the first round: eq over all variables but the first.
    let e = kernels.eqTable(point.slice(1), ONE);
    const rounds: Ext[] = [];
    pad.rounds.forEach((cells, i) => {
      if (i > 0) e = kernels.dropTop(e);
      out.padded(`${name} rounds ${k}`, layer.round(e, lambda), cells);
      const r = out.transcript.challenge(`${name} round`);
      rounds.push(r);
      layer.fold(r);
    });
    out.padded(
      `${name} ends ${k}`,
      layer.ends(),
      [...(pad.p ?? []), ...pad.q].map((factor) => factor.pad),
    );
    const tau = out.transcript.challenge(`${name} tau`);
    challenges.push({ lambda, rounds, tau });
    point = [tau, ...rounds];
    kernels.release(mark);
  });
  return challenges;
}
