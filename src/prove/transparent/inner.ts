import {
  type Ext,
  extAdd,
  extIsZero,
  extMul,
  extScale,
  extSub,
  type Kernels,
  ONE,
  type Planes,
  slicePlanes,
  ZERO,
} from '../../field/index.ts';
import { type AdjointFactor, adjointFactors, type FactorCache } from '../../program/index.ts';
import { CELL_BASIS, type FormClaim, innerBits, type LinearClaim, type Plan } from '../../protocol/transparent/index.ts';
import type { Messages } from './messages.ts';

/** Terms of one form and block that end in the same lowest vector: their other factors are added up before anything long is touched. */
interface Group {
  readonly low: Planes;
  readonly high: Ext[];
}

/** kron(a, b): a on top. */
const kron = (a: readonly Ext[], b: readonly Ext[]): Ext[] =>
  a.flatMap((x) => (extIsZero(x) ? b.map(() => ZERO) : b.map((y) => extMul(x, y))));

const listOf = (v: Planes, kernels: Kernels): Ext[] => Array.from({ length: v.length }, (_, i) => kernels.getAt(v, i));

/** The short side of the outer products; below it a vector is no longer worth a call of its own. */
const SHORT = 4;

function addTerm(
  groups: Map<Planes, Group>,
  lows: Map<string, Planes>,
  factors: readonly AdjointFactor[],
  scale: Ext,
  kernels: Kernels,
  ids: (v: Planes) => number,
): void {
  const constants = factors
    .filter(({ inBits }) => inBits === 0)
    .reduce((product, { vector }) => extMul(product, kernels.getAt(vector, 0)), scale);
  const ordered = factors.filter(({ inBits }) => inBits > 0).sort((a, b) => b.inShift - a.inShift);
  const last = ordered.pop();
  let low = last?.vector ?? kernels.planes(1);
  if (last === undefined) kernels.addAt(low, 0, [1, 0, 0, 0]);
  while (low.length < SHORT && ordered.length > 0) {
    const next = ordered.pop();
    if (next === undefined) break;
    const key = `${ids(next.vector)},${ids(low)}`;
    let merged = lows.get(key);
    if (merged === undefined) {
      const made = kernels.planes(next.vector.length * low.length);
      kron(listOf(next.vector, kernels), listOf(low, kernels)).forEach((x, i) => {
        kernels.addAt(made, i, x);
      });
      merged = made;
      lows.set(key, merged);
    }
    low = merged;
  }
  const high = ordered.map(({ vector }) => listOf(vector, kernels)).reduce(kron, [constants]);
  const group = groups.get(low);
  if (group === undefined) groups.set(low, { low, high });
  else
    high.forEach((x, i) => {
      group.high[i] = extAdd(group.high[i], x);
    });
}

/** The whole functional L over the 2^innerBits cells: adjoints of every claimed form, weights of the pads. */
export function buildFunctional(plan: Plan, claim: LinearClaim, kernels: Kernels): Planes {
  const l = kernels.planes(2 ** innerBits(plan.parameters));
  const start = kernels.mark();
  const caches = new Map<string, FactorCache<Planes>>();
  const numbers = new Map<Planes, number>();
  const ids = (v: Planes): number => {
    const known = numbers.get(v) ?? numbers.size;
    numbers.set(v, known);
    return known;
  };
  for (const { form, point, coefficient } of claim.forms as readonly FormClaim[]) {
    const key = String(point);
    const cache: FactorCache<Planes> = caches.get(key) ?? new Map();
    caches.set(key, cache);
    const blocks = new Map<number, Map<Planes, Group>>();
    const lows = new Map<string, Planes>();
    for (const term of form.terms) {
      if (term.source === 'public') continue;
      const groups = blocks.get(term.source) ?? new Map<Planes, Group>();
      blocks.set(term.source, groups);
      addTerm(groups, lows, adjointFactors(term, point, cache, kernels), extScale(coefficient, term.scale), kernels, ids);
    }
    for (const [source, groups] of blocks)
      for (const { low, high } of groups.values()) {
        const mark = kernels.mark();
        const top = kernels.planes(high.length);
        high.forEach((x, i) => {
          kernels.addAt(top, i, x);
        });
        kernels.addOuter(slicePlanes(l, plan.offsets[source], 2 ** plan.sourceBits[source]), top, low);
        kernels.release(mark);
      }
  }
  claim.pads.forEach((weight, i) => {
    CELL_BASIS.forEach((x, j) => {
      kernels.addAt(l, plan.padBase + 4 * i + j, extMul(weight, x));
    });
  });
  kernels.release(start);
  return l;
}

/** Sumcheck of <L, w> = v, top variable first. `row` is the folded row: w with the row variables at their challenges. */
export function proveInner(
  plan: Plan,
  functional: Planes,
  cells: Uint32Array,
  z: readonly Ext[],
  out: Messages,
  kernels: Kernels,
): { readonly rho: readonly Ext[]; readonly functionalAtRho: Ext; readonly row: Planes } {
  const { rowBits, rowLengthBits } = plan.parameters;
  const padded = kernels.base(2 ** (rowBits + rowLengthBits));
  padded.set(cells);
  let l = functional;
  let w: Planes | undefined;
  let row: Planes | undefined;
  const rho: Ext[] = [];
  const lift = (): Planes => {
    const planes = kernels.planes(padded.length);
    kernels.addScaledBase(planes, padded, ONE);
    return planes;
  };
  if (rowBits === 0) row = lift();
  for (let i = 0; i < rowBits + rowLengthBits; i++) {
    const sent = w === undefined ? kernels.innerRoundBase(l, padded) : kernels.innerRound(l, w);
    out.bare('inner rounds', [extSub(sent[0], z[2 * i]), extSub(sent[1], z[2 * i + 1])]);
    const r = out.transcript.challenge('inner round');
    rho.push(r);
    l = kernels.fold(l, r);
    w = w === undefined ? kernels.foldBase(padded, r) : kernels.fold(w, r);
    if (i === rowBits - 1) row = kernels.copy(w);
  }
  return { rho, functionalAtRho: kernels.getAt(l, 0), row: row ?? lift() };
}
