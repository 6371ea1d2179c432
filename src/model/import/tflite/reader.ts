// SPDX-License-Identifier: Apache-2.0
import { ByteBuffer } from 'flatbuffers';
import { refuse } from '../../refuse.ts';

/** Elements of lists that may be read from one file: lists can share their bytes, so the file's size bounds nothing. */
const MAX_ELEMENTS = 2 ** 24;
/** Tables of one list (tensors, operators, buffers). */
const MAX_TABLES = 100_000;

/**
 * The library's buffer, which reads past its end as zeros: a truncated file would be taken for another model. All that it reads, it reads
 * through these three.
 */
class CheckedBuffer extends ByteBuffer {
  #check(at: number, size: number): void {
    if (!(at >= 0 && at + size <= this.capacity())) refuse('model/malformed', { what: 'an offset points outside the file' });
  }

  override readUint8(at: number): number {
    this.#check(at, 1);
    return super.readUint8(at);
  }

  override readUint16(at: number): number {
    this.#check(at, 2);
    return super.readUint16(at);
  }

  override readInt32(at: number): number {
    this.#check(at, 4);
    return super.readInt32(at);
  }
}

/** A FlatBuffers table, read with every offset checked. Fields by the number that the schema's order gives them. */
export class Table {
  readonly #buffer: CheckedBuffer;
  readonly #at: number;
  readonly #budget: { left: number };

  constructor(buffer: CheckedBuffer, at: number, budget: { left: number }) {
    this.#buffer = buffer;
    this.#at = at;
    this.#budget = budget;
    // The library takes the size of the list of fields for a signed number, and for an empty list when it is negative.
    const vtable = at - buffer.readInt32(at);
    if (buffer.readInt16(vtable) < 4) refuse('model/malformed', { what: 'a table without a list of its fields' });
  }

  /** The root table of a file. */
  static root(bytes: Uint8Array): Table {
    const buffer = new CheckedBuffer(bytes);
    if (bytes.length < 8) refuse('model/malformed', { what: 'the file is too short' });
    return new Table(buffer, buffer.readUint32(0), { left: MAX_ELEMENTS });
  }

  /** Position of field `id`, or undefined where it has its default. */
  #field(id: number): number | undefined {
    const offset = this.#buffer.__offset(this.#at, 4 + 2 * id);
    return offset === 0 ? undefined : this.#at + offset;
  }

  /** Where an offset leads: always forward, though the library would read it as a signed number. */
  #target(at: number): number {
    return at + this.#buffer.readUint32(at);
  }

  int(id: number, fallback: number): number {
    const at = this.#field(id);
    return at === undefined ? fallback : this.#buffer.readInt32(at);
  }

  byte(id: number, fallback: number): number {
    const at = this.#field(id);
    return at === undefined ? fallback : this.#buffer.readInt8(at);
  }

  float(id: number, fallback: number): number {
    const at = this.#field(id);
    return at === undefined ? fallback : this.#buffer.readFloat32(at);
  }

  table(id: number): Table | undefined {
    const at = this.#field(id);
    return at === undefined ? undefined : new Table(this.#buffer, this.#target(at), this.#budget);
  }

  /** Start and length of a vector whose elements have `size` bytes. */
  #vector(id: number, size: number): { start: number; length: number } | undefined {
    const at = this.#field(id);
    if (at === undefined) return undefined;
    const vector = this.#target(at);
    const length = this.#buffer.readUint32(vector);
    const start = vector + 4;
    if (start + length * size > this.#buffer.capacity()) refuse('model/malformed', { what: 'a list runs past the end of the file' });
    // Bytes are a view of the file; other lists are copied.
    if (size > 1) this.#budget.left -= length;
    if (this.#budget.left < 0) refuse('model/too-large', { what: 'its lists together', limit: MAX_ELEMENTS });
    return { start, length };
  }

  tables(id: number): Table[] {
    const vector = this.#vector(id, 4);
    if (vector !== undefined && vector.length > MAX_TABLES) refuse('model/too-large', { what: 'one of its lists', limit: MAX_TABLES });
    return Array.from(
      { length: vector?.length ?? 0 },
      (_, i) => new Table(this.#buffer, this.#target((vector?.start ?? 0) + 4 * i), this.#budget),
    );
  }

  ints(id: number): number[] | undefined {
    const vector = this.#vector(id, 4);
    return vector && Array.from({ length: vector.length }, (_, i) => this.#buffer.readInt32(vector.start + 4 * i));
  }

  floats(id: number): number[] | undefined {
    const vector = this.#vector(id, 4);
    return vector && Array.from({ length: vector.length }, (_, i) => this.#buffer.readFloat32(vector.start + 4 * i));
  }

  longs(id: number): number[] | undefined {
    const vector = this.#vector(id, 8);
    return vector && Array.from({ length: vector.length }, (_, i) => Number(this.#buffer.readInt64(vector.start + 8 * i)));
  }

  bytes(id: number): Uint8Array | undefined {
    const vector = this.#vector(id, 1);
    return vector && this.#buffer.bytes().subarray(vector.start, vector.start + vector.length);
  }

  text(id: number): string {
    const bytes = this.bytes(id) ?? new Uint8Array();
    let out = '';
    for (const byte of bytes.subarray(0, 256)) out += String.fromCharCode(byte);
    return out;
  }
}
