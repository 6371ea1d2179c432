// SPDX-License-Identifier: Apache-2.0
import { p } from './arithmetic.ts';

// Section 2: from the published bytes of a program to its relations. Written from the page; nothing of the compiler is needed.

export type Matrix =
  | { readonly kind: 'identity'; readonly outBits: number; readonly inBits: number; readonly size: number }
  | {
      readonly kind: 'entries';
      readonly outBits: number;
      readonly inBits: number;
      readonly rows: readonly number[];
      readonly cols: readonly number[];
      readonly values: readonly number[];
    }
  | {
      readonly kind: 'dense';
      readonly outBits: number;
      readonly inBits: number;
      readonly cols: readonly number[];
      readonly values: readonly number[];
    };

export interface Term {
  readonly source: number | 'public';
  readonly scale: number;
  readonly factors: readonly { readonly outShift: number; readonly inShift: number; readonly matrix: Matrix }[];
}
export interface Form {
  readonly bits: number;
  readonly terms: readonly Term[];
}
export interface Table {
  readonly bits: number;
  /** a, o1, o2; missing ones are absent. */
  readonly columns: readonly (readonly number[] | undefined)[];
}
export interface Lookup {
  readonly table: number;
  readonly a: Form;
  readonly o1: Form | undefined;
  readonly o2: Form | undefined;
}
export interface Description {
  readonly grinding: { readonly lookup: number; readonly query: number };
  readonly blocks: readonly { readonly bits: number }[];
  readonly publicBits: number;
  /** How many public values there are. */
  readonly publics: number;
  readonly tables: readonly Table[];
  readonly lookups: readonly Lookup[];
  readonly quadratics: readonly { readonly a: Form; readonly b: Form; readonly c: Form }[];
  readonly equalities: readonly Form[];
}

class Malformed extends Error {}
const must = (fact: boolean): void => {
  if (!fact) throw new Malformed();
};

/** More is never proven, and a reader has to stop somewhere. */
const MOST_CELLS = 2 ** 28;
const MOST_ROWS = 2 ** 24;
const MOST_BITS = 28;

/** The program that the bytes describe, or undefined where they describe none. Reads every byte and checks what section 2 says. */
export function decode(bytes: Uint8Array): Description | undefined {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function read(bytes: Uint8Array): Description {
  let at = 0;
  let [cells, rows] = [0, 0];
  const take = (length: number): Uint8Array => {
    must(length <= bytes.length - at);
    at += length;
    return bytes.subarray(at - length, at);
  };
  const word = (): number => take(4).reduce((sum, byte, i) => sum + byte * 2 ** (8 * i), 0);
  /** A count of things that take at least `size` bytes each: a long list cannot be promised by a short file. */
  const count = (size: number): number => {
    const n = word();
    must(n * size <= bytes.length - at);
    return n;
  };
  const many = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, make);
  /** Names are for people: a verifier skips them. */
  const name = (): Uint8Array => take(count(1));
  const below = (limit: number): number => {
    const x = word();
    must(x < limit);
    return x;
  };
  const element = (): number => below(Number(p));
  const bits = (): number => below(MOST_BITS + 1);

  const format = name();
  must(String.fromCharCode(...format.subarray(0, 64)) === 'tacit-program/v2' && format.length <= 64);
  name();
  const grinding = { lookup: below(25), query: below(25) };
  const blocks = many(count(8), () => {
    name();
    const size = bits();
    cells += 2 ** size;
    must(cells <= MOST_CELLS);
    return { bits: size };
  });
  const publicBits = bits();
  const publics = count(4);
  for (let i = 0; i < publics; i++) name();
  must(publics < 2 ** publicBits || publics === 0);
  const tables = many(count(12), (): Table => {
    name();
    const size = bits();
    rows += 2 ** size;
    must(size >= 1 && rows <= MOST_ROWS);
    const outs = word();
    must(outs === 0 || outs === 1 || outs === 3);
    const column = (): number[] => {
      const values: number[] = [];
      for (let runs = count(12); runs > 0; runs--) {
        const length = word();
        let value = element();
        const step = element();
        must(length >= 1 && length <= 2 ** size - values.length && (length > 1 || step === 0));
        for (let i = 0; i < length; i++) {
          values.push(value);
          value = (value + step) % Number(p);
        }
      }
      must(values.length === 2 ** size && values[0] === 0);
      return values;
    };
    const a = column();
    return { bits: size, columns: [a, outs >= 1 ? column() : undefined, outs === 3 ? column() : undefined] };
  });
  const matrices = many(count(16), (): Matrix => {
    const kind = below(3);
    const [outBits, inBits] = [bits(), bits()];
    const list = (limit: number): number[] => many(count(4), () => below(limit));
    if (kind === 0) {
      const size = word();
      must(outBits === inBits && size <= 2 ** inBits);
      return { kind: 'identity', outBits, inBits, size };
    }
    const places = kind === 1 ? list(2 ** outBits) : [];
    const cols = list(2 ** inBits);
    const values = list(Number(p));
    if (kind === 1) {
      must(places.length === cols.length && places.length === values.length);
      return { kind: 'entries', outBits, inBits, rows: places, cols, values };
    }
    must(cols.length === 0 ? values.length === 0 : values.length % cols.length === 0 && values.length / cols.length <= 2 ** outBits);
    return { kind: 'dense', outBits, inBits, cols, values };
  });
  const sourceBits = (source: number | 'public'): number => {
    if (source === 'public') return publicBits;
    const found = blocks[source]?.bits ?? tables[source - blocks.length]?.bits;
    must(found !== undefined);
    return found ?? 0;
  };
  const covers = (segments: readonly (readonly [shift: number, bits: number])[], total: number): void => {
    let next = 0;
    for (const [shift, length] of segments.filter(([, length]) => length > 0).sort((a, b) => a[0] - b[0])) {
      must(shift === next);
      next += length;
    }
    must(next === total);
  };
  const form = (): Form => {
    const size = bits();
    const terms = many(count(12), (): Term => {
      const number = word();
      const source = number === 0xffffffff ? 'public' : number;
      const scale = element();
      const factors = many(count(12), () => {
        const [outShift, inShift] = [bits(), bits()];
        const matrix = matrices[word()];
        if (matrix === undefined) throw new Malformed();
        return { outShift, inShift, matrix };
      });
      covers(
        factors.map((f) => [f.outShift, f.matrix.outBits]),
        size,
      );
      covers(
        factors.map((f) => [f.inShift, f.matrix.inBits]),
        sourceBits(source),
      );
      return { source, scale, factors };
    });
    return { bits: size, terms };
  };
  const lookups = many(count(16), (): Lookup => {
    const table = below(tables.length);
    const outs = word();
    must(outs === tables[table]?.columns.reduce((sum, column, i) => sum + (i > 0 && column !== undefined ? i : 0), 0));
    const a = form();
    const o1 = outs >= 1 ? form() : undefined;
    const o2 = outs === 3 ? form() : undefined;
    must([o1, o2].every((o) => o === undefined || o.bits === a.bits));
    return { table, a, o1, o2 };
  });
  const quadratics = many(count(24), () => {
    const [a, b, c] = [form(), form(), form()];
    must(b.bits === a.bits && c.bits === a.bits);
    return { a, b, c };
  });
  const equalities = many(count(8), form);
  must(at === bytes.length && (lookups.length > 0 || tables.length === 0));
  return { grinding, blocks, publicBits, publics, tables, lookups, quadratics, equalities };
}
