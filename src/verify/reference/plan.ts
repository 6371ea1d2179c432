// SPDX-License-Identifier: Apache-2.0
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { p } from './arithmetic.ts';
import type { Description } from './decode.ts';

// Words and text, as sections 2, 4 and 5 write them.

export const word = (x: number): number[] => [x & 255, (x >>> 8) & 255, (x >>> 16) & 255, x >>> 24];
const utf8 = (text: string): number[] => [...utf8ToBytes(text)];
export const text = (value: string): number[] => [...word(utf8(value).length), ...utf8(value)];

// Section 3: spaces, pads, cut.

export interface Packing {
  readonly bits: number;
  readonly used: number;
  readonly at: readonly number[];
}

const log2 = (x: number): number => {
  let bits = 0;
  while (2 ** bits < x) bits++;
  return bits;
};

export function pack(sizes: readonly number[], least: number): Packing {
  const at = sizes.map(() => -1);
  let used = 0;
  for (let size = Math.max(0, ...sizes); size >= 0; size--)
    sizes.forEach((s, i) => {
      if (s !== size) return;
      at[i] = used;
      used += 2 ** s;
    });
  return { bits: Math.max(least, log2(used)), used, at };
}

export interface FactorCells {
  readonly pad: number;
  readonly mask: number;
}
export interface ProductCells {
  readonly pairs: readonly (readonly [number, number])[];
  readonly cells: readonly [number, number, number];
}
export interface Layer {
  readonly rounds: readonly (readonly [number, number])[];
  /** Factor numbers: p0 p1 q0 q1, or q0 q1. */
  readonly ends: readonly number[];
  /** Product numbers. */
  readonly e1: number | undefined;
  readonly e2: number;
}

export interface Layout {
  readonly lookup: Packing | undefined;
  readonly table: Packing | undefined;
  readonly zero: Packing | undefined;
  readonly equality: Packing | undefined;
  readonly sources: Packing;
  readonly factors: readonly FactorCells[];
  readonly products: readonly ProductCells[];
  readonly zeroRounds: readonly (readonly [number, number])[];
  /** Factors A, B, cell C, product E. */
  readonly zeroEnds: { readonly a: number; readonly b: number; readonly c: number; readonly e: number } | undefined;
  /** Factors p0 p1 q0 q1 and product. */
  readonly join: { readonly ends: readonly number[]; readonly e1: number } | undefined;
  readonly lookupLayers: readonly Layer[];
  readonly tableLayers: readonly Layer[];
  readonly padCount: number;
  readonly padBase: number;
  readonly cells: number;
  readonly equations: number;
}

export function layout(program: Description): Layout {
  const spaceOf = (sizes: readonly number[], least: number): Packing | undefined => (sizes.length === 0 ? undefined : pack(sizes, least));
  const lookup = spaceOf(
    program.lookups.map((l) => l.a.bits),
    1,
  );
  const table = spaceOf(
    program.tables.map((t) => t.bits),
    1,
  );
  const zero = spaceOf(
    program.quadratics.map((q) => q.a.bits),
    1,
  );
  const equality = spaceOf(
    program.equalities.map((e) => e.bits),
    0,
  );
  let next = 0;
  const factors: FactorCells[] = [];
  const products: ProductCells[] = [];
  const factor = (): number => {
    next += 2;
    return factors.push({ pad: next - 2, mask: next - 1 }) - 1;
  };
  const product = (...pairs: (readonly [number, number])[]): number => {
    next += 3;
    return products.push({ pairs, cells: [next - 3, next - 2, next - 1] }) - 1;
  };
  const rounds = (count: number): (readonly [number, number])[] => {
    const made: [number, number][] = [];
    for (let i = 0; i < count; i++, next += 2) made.push([next, next + 1]);
    return made;
  };
  const zeroRounds = rounds(zero?.bits ?? 0);
  let zeroEnds: Layout['zeroEnds'];
  if (zero) {
    const a = factor();
    const b = factor();
    const c = next++;
    zeroEnds = { a, b, c, e: product([a, b]) };
  }
  let join: Layout['join'];
  if (lookup) {
    const [p0, p1, q0, q1] = [factor(), factor(), factor(), factor()];
    join = { ends: [p0, p1, q0, q1], e1: product([p0, q1], [p1, q0]) };
  }
  const layers = (depth: number, bareLeaf: boolean): Layer[] => {
    const made: Layer[] = [];
    for (let i = 0; i < depth; i++) {
      const r = rounds(i);
      if (bareLeaf && i === depth - 1) {
        const [q0, q1] = [factor(), factor()];
        made.push({ rounds: r, ends: [q0, q1], e1: undefined, e2: product([q0, q1]) });
      } else {
        const [p0, p1, q0, q1] = [factor(), factor(), factor(), factor()];
        const e1 = product([p0, q1], [p1, q0]);
        made.push({ rounds: r, ends: [p0, p1, q0, q1], e1, e2: product([q0, q1]) });
      }
    }
    return made;
  };
  const lookupLayers = layers(lookup?.bits ?? 0, true);
  const tableLayers = layers(lookup ? (table?.bits ?? 0) : 0, false);
  const sources = pack([...program.blocks.map((b) => b.bits), ...program.tables.map((t) => t.bits)], 0);
  const padBase = sources.used + ((4 - (sources.used % 4)) % 4);
  const equations =
    (zero ? 4 : 0) +
    (lookup ? 1 + lookupLayers.length + 1 + tableLayers.length + 2 : 0) +
    factors.length +
    products.length +
    (equality ? 1 : 0);
  return {
    ...{ lookup, table, zero, equality, sources, factors, products, zeroRounds, zeroEnds, join, lookupLayers, tableLayers },
    ...{ padCount: next, padBase, cells: padBase + 4 * next, equations },
  };
}

export interface Cut {
  readonly L: number;
  readonly m: number;
  readonly rowBits: number;
  readonly C: number;
  readonly q: number;
  readonly capBits: number;
}

/** Whether the error of section 3 is at most 2^-100. */
function reaches(program: Description, plan: Layout, L: number, rowBits: number, C: number, q: number): boolean {
  const n = 2 ** C;
  const k = Math.max(2 ** L, 2 * (L + rowBits) + 1) + q;
  if (k >= n) return false;
  const e = Math.floor((n - k) / 2);
  let num = 1n;
  let den = 1n << BigInt(program.grinding.query);
  for (let i = 0; i < q; i++) {
    num *= BigInt(n - e - 1 - i);
    den *= BigInt(n - i);
  }
  const K = p ** 4n;
  const layers = [...plan.lookupLayers.keys(), ...plan.tableLayers.keys()].reduce((s, i) => s + 3 * i + 2, 0);
  const zeroBits = plan.zero?.bits ?? 0;
  const algebra = layers + 4 * zeroBits + (plan.equality?.bits ?? 0) + 2 * (L + rowBits) + plan.equations + 6 + (2 * rowBits + 2) * n;
  const N = plan.lookup ? 2 ** plan.lookup.bits : 0;
  const T = plan.lookup && plan.table ? 2 ** plan.table.bits : 0;
  const fingerprints = plan.lookup ? BigInt(N + T - 1 + 3 * T) : 0n;
  const g1 = 1n << BigInt(program.grinding.lookup);
  // num/den + (algebra + fingerprints / g1) / K <= 2^-100
  return (num * K * g1 + (BigInt(algebra) * g1 + fingerprints) * den) << 100n <= den * K * g1;
}

export function cut(program: Description, plan: Layout): Cut | undefined {
  let best: Cut | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let L = 5; L <= Math.max(5, log2(plan.cells)); L++) {
    const m = Math.ceil(plan.cells / 2 ** L);
    const rowBits = log2(m);
    for (let C = L + 1; C <= Math.min(24, L + 7); C++) {
      // The message alone already costs more than the best: no q can win.
      if (16 * 2 ** L + ((m + 12) * 2 ** C) / 128 >= least) continue;
      let q = 1;
      while (q <= 400 && 2 ** L + q < 2 ** C && !reaches(program, plan, L, rowBits, C, q)) q++;
      if (q > 400 || 2 ** L + q >= 2 ** C) continue;
      let capBits = 0;
      while (2 ** (capBits + 1) <= q) capBits++;
      capBits = Math.min(capBits, C);
      const bytes = q * (32 + 4 * (m + 12) + 32 * (C - capBits)) + 32 * 2 ** capBits + 16 * (2 ** L + 2 * q + 4 * (L + rowBits));
      const cost = bytes + ((m + 12) * 2 ** C) / 128;
      if (cost < least) {
        least = cost;
        best = { L, m, rowBits, C, q, capBits };
      }
    }
  }
  return best;
}
