// SPDX-License-Identifier: Apache-2.0
import { refuse } from '../../refuse.ts';

/** Elements of lists that may be read from one file: lists can share their bytes, so the file's size bounds nothing. */
const MAX_ELEMENTS = 2 ** 24;
/** Tables of one list (tensors, operators, buffers). */
const MAX_TABLES = 100_000;

/**
 * A FlatBuffers table, read with every offset checked. (The npm library reads past the end as zeros, so that a truncated
 * file would be taken for another model; hence these few lines of our own.)
 */
export class Table {
  readonly #view: DataView;
  readonly #at: number;
  readonly #fields: number;
  readonly #end: number;
  readonly #budget: { left: number };

  constructor(view: DataView, at: number, budget: { left: number }) {
    this.#budget = budget;
    this.#view = view;
    this.#at = at;
    const vtable = at - this.#read('getInt32', 4, at);
    this.#fields = vtable;
    this.#end = vtable + this.#read('getUint16', 2, vtable);
  }

  /** The root table of a file. */
  static root(bytes: Uint8Array): Table {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 8) refuse('model/malformed', { what: 'the file is too short' });
    return new Table(view, view.getUint32(0, true), { left: MAX_ELEMENTS });
  }

  #read(method: 'getInt8' | 'getUint8' | 'getUint16' | 'getInt32' | 'getUint32' | 'getFloat32', size: number, at: number): number {
    if (!(at >= 0 && at + size <= this.#view.byteLength)) refuse('model/malformed', { what: 'an offset points outside the file' });
    return this.#view[method](at, true);
  }

  /** Position of field `id`, or undefined where it has its default. */
  #field(id: number): number | undefined {
    const slot = this.#fields + 4 + 2 * id;
    if (slot + 2 > this.#end) return undefined;
    const offset = this.#read('getUint16', 2, slot);
    return offset === 0 ? undefined : this.#at + offset;
  }

  #target(at: number): number {
    return at + this.#read('getUint32', 4, at);
  }

  int(id: number, fallback: number): number {
    const at = this.#field(id);
    return at === undefined ? fallback : this.#read('getInt32', 4, at);
  }

  byte(id: number, fallback: number): number {
    const at = this.#field(id);
    return at === undefined ? fallback : this.#read('getInt8', 1, at);
  }

  float(id: number, fallback: number): number {
    const at = this.#field(id);
    return at === undefined ? fallback : this.#read('getFloat32', 4, at);
  }

  table(id: number): Table | undefined {
    const at = this.#field(id);
    return at === undefined ? undefined : new Table(this.#view, this.#target(at), this.#budget);
  }

  /** Start and length of a vector whose elements have `size` bytes. */
  #vector(id: number, size: number): { start: number; length: number } | undefined {
    const at = this.#field(id);
    if (at === undefined) return undefined;
    const vector = this.#target(at);
    const length = this.#read('getUint32', 4, vector);
    if (vector + 4 + length * size > this.#view.byteLength) refuse('model/malformed', { what: 'a list runs past the end of the file' });
    // Bytes are a view of the file; other lists are copied.
    if (size > 1) this.#budget.left -= length;
    if (this.#budget.left < 0) refuse('model/too-large', { what: 'its lists together', limit: MAX_ELEMENTS });
    return { start: vector + 4, length };
  }

  tables(id: number): Table[] {
    const vector = this.#vector(id, 4);
    if (vector !== undefined && vector.length > MAX_TABLES) refuse('model/too-large', { what: 'one of its lists', limit: MAX_TABLES });
    return Array.from(
      { length: vector?.length ?? 0 },
      (_, i) => new Table(this.#view, this.#target((vector?.start ?? 0) + 4 * i), this.#budget),
    );
  }

  ints(id: number): number[] | undefined {
    const vector = this.#vector(id, 4);
    return vector && Array.from({ length: vector.length }, (_, i) => this.#view.getInt32(vector.start + 4 * i, true));
  }

  floats(id: number): number[] | undefined {
    const vector = this.#vector(id, 4);
    return vector && Array.from({ length: vector.length }, (_, i) => this.#view.getFloat32(vector.start + 4 * i, true));
  }

  longs(id: number): number[] | undefined {
    const vector = this.#vector(id, 8);
    return vector && Array.from({ length: vector.length }, (_, i) => Number(this.#view.getBigInt64(vector.start + 8 * i, true)));
  }

  bytes(id: number): Uint8Array | undefined {
    const vector = this.#vector(id, 1);
    return vector && new Uint8Array(this.#view.buffer, this.#view.byteOffset + vector.start, vector.length);
  }

  text(id: number): string {
    const bytes = this.bytes(id) ?? new Uint8Array();
    let out = '';
    for (const byte of bytes.subarray(0, 256)) out += String.fromCharCode(byte);
    return out;
  }
}
