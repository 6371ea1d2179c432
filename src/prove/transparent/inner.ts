import {
  type Ext,
  eqList,
  extAdd,
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
import { CELL_BASIS, type FormClaim, type LinearClaim, type Plan } from '../../protocol/transparent/index.ts';
import type { Messages } from './messages.ts';

/** Terms of one form and block that end in the same lowest vector: their other factors are added up before anything long is touched. */
interface Group {
  readonly low: Planes;
  readonly high: Planes;
}

/** a (x) b, a on top. */
function kron(a: Planes, b: Planes, kernels: Kernels): Planes {
  const made = kernels.planes(a.length * b.length);
  kernels.addOuter(made, a, b);
  return made;
}

function single(x: Ext, kernels: Kernels): Planes {
  const made = kernels.planes(1);
  kernels.addAt(made, 0, x);
  return made;
}

/** The short side of the outer products; below it a vector is no longer worth a call of its own. */
export const SHORT = 4;

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
  let low = ordered.pop()?.vector ?? single(ONE, kernels);
  while (low.length < SHORT) {
    const next = ordered.pop();
    if (next === undefined) break;
    const key = `${ids(next.vector)},${ids(low)}`;
    const merged = lows.get(key) ?? kron(next.vector, low, kernels);
    lows.set(key, merged);
    low = merged;
  }
  const last = ordered.pop()?.vector ?? single(ONE, kernels);
  const top = ordered.map(({ vector }) => vector).reduce((a, b) => kron(a, b, kernels), single(constants, kernels));
  const group = groups.get(low) ?? { low, high: kernels.planes(top.length * last.length) };
  groups.set(low, group);
  kernels.addOuter(group.high, top, last);
}

/** The whole functional L over the cells of all rows: adjoints of every claimed form, weights of the pads. */
export function buildFunctional(plan: Plan, claim: LinearClaim, kernels: Kernels): Planes {
  const { rows, rowLengthBits } = plan.parameters;
  const l = kernels.planes(rows * 2 ** rowLengthBits);
  const start = kernels.mark();
  const numbers = new Map<Planes, number>();
  const ids = (v: Planes): number => {
    const known = numbers.get(v) ?? numbers.size;
    numbers.set(v, known);
    return known;
  };
  // Claims of one point come one after the other; what its factors do to it is forgotten with the last of them.
  let cache: FactorCache<Planes> = new Map();
  let point = '';
  for (const { form, point: at, coefficient } of claim.forms as readonly FormClaim[]) {
    const key = String(at);
    if (key !== point) {
      kernels.release(start);
      [cache, point] = [new Map(), key];
      numbers.clear();
    }
    const blocks = new Map<number, Map<Planes, Group>>();
    const lows = new Map<string, Planes>();
    for (const term of form.terms) {
      if (term.source === 'public') continue;
      const groups = blocks.get(term.source) ?? new Map<Planes, Group>();
      blocks.set(term.source, groups);
      addTerm(groups, lows, adjointFactors(term, at, cache, kernels), extScale(coefficient, term.scale), kernels, ids);
    }
    for (const [source, groups] of blocks)
      for (const { low, high } of groups.values())
        kernels.addOuter(slicePlanes(l, plan.offsets[source], 2 ** plan.sourceBits[source]), high, low);
  }
  claim.pads.forEach((weight, i) => {
    CELL_BASIS.forEach((x, j) => {
      kernels.addAt(l, plan.padBase + 4 * i + j, extMul(weight, x));
    });
  });
  kernels.release(start);
  return l;
}

/** Elements that are gone through at a time, so that all products with them find them in the cache. */
const STEP = 2 ** 15;

/**
 * products[a][b] = <part a of l, part b of w> for the 2^bits parts of `size` elements that the top variables tell apart; both end
 * early (zeros beyond). All rounds of those variables follow from them, and w stays over F meanwhile.
 */
function partProducts(l: Planes, w: Uint32Array, bits: number, size: number, kernels: Kernels): Ext[][] {
  const parts = Array.from({ length: 2 ** bits }, (_, i) => i * size);
  const products = parts.map(() => parts.map(() => ZERO));
  for (let from = 0; from < size; from += STEP)
    parts.forEach((x, a) => {
      parts.forEach((y, b) => {
        const length = Math.min(STEP, size - from, l.length - x - from, w.length - y - from);
        if (length <= 0) return;
        const product = kernels.dotBase(slicePlanes(l, x + from, length), w.subarray(y + from, y + from + length));
        products[a][b] = extAdd(products[a][b], product);
      });
    });
  return products;
}

/** Binds the top variable of both indices to r. */
function bind(products: readonly (readonly Ext[])[], r: Ext): Ext[][] {
  const half = products.length / 2;
  const mix = (low: Ext, high: Ext): Ext => extAdd(low, extMul(r, extSub(high, low)));
  const rows = products.slice(0, half).map((row, a) => row.map((x, b) => mix(x, products[a + half][b])));
  return rows.map((row) => row.slice(0, half).map((x, b) => mix(x, row[b + half])));
}

/** w with its top variables at the given challenges, into `target`. */
function foldParts(w: Uint32Array, challenges: readonly Ext[], target: Planes, kernels: Kernels): void {
  const size = target.length;
  const weights = eqList(challenges);
  // Where the parts end, so that a stretch has the same parts all along.
  const ends = [0, size, ...weights.map((_, i) => Math.max(0, Math.min(size, w.length - i * size)))].sort((a, b) => a - b);
  ends.slice(1).forEach((end, i) => {
    const from = ends[i];
    if (from === end) return;
    const there = weights.flatMap((_, part) => (part * size + end <= w.length ? [part] : []));
    const columns = there.map((part) => w.subarray(part * size + from, part * size + end));
    const into = slicePlanes(target, from, end - from);
    kernels.affine(
      into,
      ZERO,
      there.slice(0, 3).map((part) => weights[part]),
      columns.slice(0, 3),
    );
    there.slice(3).forEach((part, k) => {
      kernels.addScaledBase(into, columns[k + 3], weights[part]);
    });
  });
}

/**
 * Sumcheck of <L, w> = v, top variable first; consumes L. `row` is the folded row: w with the row variables at their challenges.
 * The first two rounds are read off the products of the quarters, so that w is first over K at a quarter of its length.
 */
export function proveInner(
  plan: Plan,
  functional: Planes,
  cells: Uint32Array,
  z: readonly Ext[],
  out: Messages,
  kernels: Kernels,
): { readonly rho: readonly Ext[]; readonly functionalAtRho: Ext; readonly row: Planes } {
  const { rowBits, rowLengthBits } = plan.parameters;
  const bits = rowBits + rowLengthBits;
  const early = Math.min(2, rowBits);
  const size = 2 ** (bits - early);
  const rho: Ext[] = [];
  const round = (sent: readonly [Ext, Ext]): Ext => {
    const i = rho.length;
    out.bare('inner rounds', [extSub(sent[0], z[2 * i]), extSub(sent[1], z[2 * i + 1])]);
    const r = out.transcript.challenge('inner round');
    rho.push(r);
    return r;
  };
  let products = early === 0 ? [] : partProducts(functional, cells, early, size, kernels);
  let l = functional;
  for (let i = 0; i < early; i++) {
    const half = products.length / 2;
    const trace = (a: number, b: number): Ext => {
      let sum = ZERO;
      for (let k = 0; k < half; k++) sum = extAdd(sum, products[a * half + k][b * half + k]);
      return sum;
    };
    const constant = trace(0, 0);
    const r = round([constant, extAdd(extSub(extSub(trace(1, 1), trace(1, 0)), trace(0, 1)), constant)]);
    products = bind(products, r);
    l = kernels.fold(l, r, 2 ** (bits - 1 - i));
  }
  // L has been folded into its front; its tail has room for w.
  let w = functional.length >= 2 * size ? slicePlanes(functional, functional.length - size, size) : kernels.planes(size, true);
  foldParts(cells, rho, w, kernels);
  let row = early === rowBits ? kernels.copy(w) : undefined;
  for (let i = early; i < bits; i++) {
    const r = round(kernels.innerRound(l, w));
    l = kernels.fold(l, r);
    w = kernels.fold(w, r);
    if (i === rowBits - 1) row = kernels.copy(w);
  }
  return { rho, functionalAtRho: kernels.getAt(l, 0), row: row ?? w };
}
