// SPDX-License-Identifier: Apache-2.0
import { type Hash32, invariant } from '../../base/index.ts';
import { P } from '../../field/index.ts';
import { encodeProgram, type Program, programHash } from '../../program/index.ts';
import { chooseParameters, type Demands, type Parameters, soundnessInput } from './parameters.ts';
import { atMost, bitsOfSecurity, SOUNDNESS_FLOOR, soundnessError } from './soundness.ts';

/** Relations packed into one index space: relation i owns the 2^bits[i] indices from offsets[i], aligned to that size. */
export interface Space {
  readonly bits: number;
  readonly used: number;
  readonly offsets: readonly number[];
}

/** Largest first (first come first among equals), so that each one is aligned; the space is at least 2^least. */
export function packSpace(sizes: readonly number[], least: number): Space {
  const order = sizes.map((_, i) => i).sort((a, b) => sizes[b] - sizes[a] || a - b);
  const offsets = sizes.map(() => 0);
  let used = 0;
  for (const i of order) {
    offsets[i] = used;
    used += 2 ** sizes[i];
  }
  return { bits: Math.max(least, Math.ceil(Math.log2(Math.max(1, used)))), used, offsets };
}

/** A padded value that is multiplied with another: its pad, the pad's mask, and its place among the responses. */
export interface FactorPad {
  readonly pad: number;
  readonly mask: number;
  readonly response: number;
}

/** A product of pads (or a sum of two): its value, its cross terms, the product of the masks. */
export interface ProductPad {
  readonly factors: readonly (readonly [FactorPad, FactorPad])[];
  readonly value: number;
  readonly cross: number;
  readonly masks: number;
}

export interface LayerPads {
  /** (constant, leading) of each round. */
  readonly rounds: readonly (readonly [number, number])[];
  /** Pads of p0, p1 (absent at lookup leaves, where both are 1) and q0, q1. */
  readonly p: readonly [FactorPad, FactorPad] | undefined;
  readonly q: readonly [FactorPad, FactorPad];
  /** a0 b1 + a1 b0 (absent likewise) and b0 b1. */
  readonly e1: ProductPad | undefined;
  readonly e2: ProductPad;
}

export interface Pads {
  readonly count: number;
  readonly responses: number;
  readonly products: readonly ProductPad[];
  readonly factors: readonly FactorPad[];
  readonly zeroCheck:
    | {
        readonly rounds: readonly (readonly [number, number])[];
        readonly a: FactorPad;
        readonly b: FactorPad;
        readonly c: number;
        readonly e: ProductPad;
      }
    | undefined;
  readonly join:
    | { readonly p: readonly [FactorPad, FactorPad]; readonly q: readonly [FactorPad, FactorPad]; readonly e1: ProductPad }
    | undefined;
  readonly lookup: readonly LayerPads[];
  readonly table: readonly LayerPads[];
}

/** Numbers the pads in the order in which the protocol meets them. */
function numberPads(zeroBits: number | undefined, lookupBits: number, tableBits: number): Pads {
  let count = 0;
  const products: ProductPad[] = [];
  const factors: FactorPad[] = [];
  const cell = (): number => count++;
  const factor = (): FactorPad => {
    const made = { pad: cell(), mask: cell(), response: factors.length };
    factors.push(made);
    return made;
  };
  const product = (...pairs: (readonly [FactorPad, FactorPad])[]): ProductPad => {
    const made = { factors: pairs, value: cell(), cross: cell(), masks: cell() };
    products.push(made);
    return made;
  };
  const rounds = (bits: number): (readonly [number, number])[] => Array.from({ length: bits }, () => [cell(), cell()] as const);
  const layer = (bits: number, leaf: boolean): LayerPads => {
    const r = rounds(bits);
    const p = leaf ? undefined : ([factor(), factor()] as const);
    const q = [factor(), factor()] as const;
    const e1 = p === undefined ? undefined : product([p[0], q[1]], [p[1], q[0]]);
    return { rounds: r, p, q, e1, e2: product([q[0], q[1]]) };
  };
  let zeroCheck: Pads['zeroCheck'];
  if (zeroBits !== undefined) {
    const r = rounds(zeroBits);
    const [a, b] = [factor(), factor()];
    zeroCheck = { rounds: r, a, b, c: cell(), e: product([a, b]) };
  }
  let join: Pads['join'];
  if (lookupBits > 0) {
    const p = [factor(), factor()] as const;
    const q = [factor(), factor()] as const;
    join = { p, q, e1: product([p[0], q[1]], [p[1], q[0]]) };
  }
  const lookup = Array.from({ length: lookupBits }, (_, k) => layer(k, k === lookupBits - 1));
  const table = Array.from({ length: tableBits }, (_, k) => layer(k, false));
  return { count, responses: factors.length, products, factors, zeroCheck, join, lookup, table };
}

/** Everything about a program that both sides compute before a proof is made or read. */
export interface Plan {
  readonly program: Program;
  readonly hash: Hash32;
  /** Bytes of the encoded program. */
  readonly programBytes: number;
  /** Where each source (blocks, then multiplicities) starts in the witness, and its bits. */
  readonly offsets: readonly number[];
  readonly sourceBits: readonly number[];
  readonly padBase: number;
  readonly cells: number;
  readonly lookupSpace: Space | undefined;
  readonly tableSpace: Space | undefined;
  readonly zeroSpace: Space | undefined;
  readonly equalitySpace: Space | undefined;
  readonly pads: Pads;
  readonly equations: number;
  readonly parameters: Parameters;
  /** Whether the error is at most 2^-100, decided by exact fractions. */
  readonly sound: boolean;
  /** Proven bits of soundness, and of each part of the bound: rounded down, for people. */
  readonly soundness: number;
  readonly soundnessParts: Readonly<Record<string, number>>;
}

function countEquations(pads: Pads, equalities: boolean): number {
  const trees = pads.lookup.length === 0 ? 0 : 1 + pads.lookup.length + 1 + pads.table.length + 2;
  return (pads.zeroCheck === undefined ? 0 : 4) + trees + pads.responses + pads.products.length + (equalities ? 1 : 0);
}

/** Pure and bounded by the program's size. Throws InvariantError when no parameters reach the floor. */
export function planProgram(program: Program): Plan {
  const { blocks, tables, lookups, quadratics, equalities, grinding } = program;
  const encoded = encodeProgram(program);
  const lookupSpace =
    lookups.length === 0
      ? undefined
      : packSpace(
          lookups.map(({ a }) => a.bits),
          1,
        );
  const used = lookupSpace === undefined ? [] : tables;
  invariant(used.length === tables.length, 'planProgram: tables without lookups');
  const tableSpace =
    lookupSpace === undefined
      ? undefined
      : packSpace(
          tables.map(({ bits }) => bits),
          1,
        );
  const zeroSpace =
    quadratics.length === 0
      ? undefined
      : packSpace(
          quadratics.map(({ a }) => a.bits),
          1,
        );
  const equalitySpace =
    equalities.length === 0
      ? undefined
      : packSpace(
          equalities.map(({ bits }) => bits),
          0,
        );
  const pads = numberPads(zeroSpace?.bits, lookupSpace?.bits ?? 0, tableSpace?.bits ?? 0);

  const sourceBits = [...blocks.map(({ bits }) => bits), ...tables.map(({ bits }) => bits)];
  const layout = packSpace(sourceBits, 0);
  const padBase = Math.ceil(layout.used / 4) * 4;
  const cells = padBase + 4 * pads.count;

  const equations = countEquations(pads, equalitySpace !== undefined);
  const demands: Demands = {
    lookups: lookupSpace === undefined ? 0 : 2 ** lookupSpace.bits,
    tableRows: tableSpace === undefined ? 0 : 2 ** tableSpace.bits,
    layers: [...pads.lookup.keys(), ...pads.table.keys()],
    zeroCheckBits: zeroSpace?.bits ?? 0,
    equalityBits: equalitySpace?.bits ?? 0,
    equations,
    grinding,
  };
  // Fewer lookups and rows than the field has elements: else a multiplicity, or a residue of a sum over them, could vanish.
  invariant(demands.lookups + demands.tableRows < P, 'planProgram: more lookups than the field has elements');
  const parameters = chooseParameters(cells, demands);
  const { parts, total } = soundnessError(soundnessInput(demands, parameters));
  return {
    program,
    hash: programHash(encoded),
    programBytes: encoded.length,
    offsets: layout.offsets,
    sourceBits,
    padBase,
    cells,
    lookupSpace,
    tableSpace,
    zeroSpace,
    equalitySpace,
    pads,
    equations,
    parameters,
    sound: atMost(total, SOUNDNESS_FLOOR),
    soundness: bitsOfSecurity(total),
    soundnessParts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, bitsOfSecurity(part)])),
  };
}

/** Variables of the inner product: rows on top, then columns. */
export const innerBits = ({ rowBits, rowLengthBits }: Parameters): number => rowBits + rowLengthBits;

/** Elements of K in the row z: two pads a round of the inner product and one for <s, b>, then the random coefficients. */
export const maskLength = (parameters: Parameters): number => 2 * innerBits(parameters) + 1 + parameters.queries;
