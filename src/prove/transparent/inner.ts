import { type Ext, extMul, extScale, extSub, type Kernels, ONE, type Planes, slicePlanes } from '../../field/index.ts';
import { type AdjointFactor, adjointFactors, type FactorCache } from '../../program/index.ts';
import { CELL_BASIS, type FormClaim, innerBits, type LinearClaim, type Plan } from '../../protocol/transparent/index.ts';
import type { Messages } from './messages.ts';

/** target += scale * (the Kronecker product of the factors): one multiply-add of a run for every choice above the lowest factor. */
function addProduct(target: Planes, factors: readonly AdjointFactor[], scale: Ext, kernels: Kernels): void {
  const ordered = factors.filter(({ inBits }) => inBits > 0).sort((a, b) => b.inShift - a.inShift);
  const constants = factors.filter(({ inBits }) => inBits === 0).reduce((product, { vector }) => extMul(product, vector[0]), scale);
  const low = ordered.pop();
  if (low === undefined) {
    kernels.addAt(target, 0, constants);
    return;
  }
  const mark = kernels.mark();
  const run = kernels.planes(low.vector.length);
  low.vector.forEach((value, i) => {
    kernels.addAt(run, i, value);
  });
  const walk = (f: number, at: number, weight: Ext): void => {
    const factor = ordered[f];
    if (factor === undefined) {
      kernels.addScaled(slicePlanes(target, at, run.length), run, weight);
      return;
    }
    factor.vector.forEach((value, i) => {
      if ((value[0] | value[1] | value[2] | value[3]) !== 0) walk(f + 1, at + i * 2 ** factor.inShift, extMul(weight, value));
    });
  };
  walk(0, 0, constants);
  kernels.release(mark);
}

/** The whole functional L over the 2^innerBits cells: adjoints of every claimed form, weights of the pads. */
export function buildFunctional(plan: Plan, claim: LinearClaim, kernels: Kernels): Planes {
  const l = kernels.planes(2 ** innerBits(plan.parameters));
  const caches = new Map<string, FactorCache<readonly Ext[]>>();
  for (const { form, point, coefficient } of claim.forms as readonly FormClaim[]) {
    const key = String(point);
    const cache: FactorCache<readonly Ext[]> = caches.get(key) ?? new Map();
    caches.set(key, cache);
    for (const term of form.terms) {
      if (term.source === 'public') continue;
      const block = slicePlanes(l, plan.offsets[term.source], 2 ** plan.sourceBits[term.source]);
      addProduct(block, adjointFactors(term, point, cache), extScale(coefficient, term.scale), kernels);
    }
  }
  claim.pads.forEach((weight, i) => {
    CELL_BASIS.forEach((x, j) => {
      kernels.addAt(l, plan.padBase + 4 * i + j, extMul(weight, x));
    });
  });
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
