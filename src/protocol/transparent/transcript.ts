// SPDX-License-Identifier: Apache-2.0
import { utf8ToBytes } from '../../base/index.ts';
import { type Digest, type Ext, P, plainHash } from '../../field/index.ts';

/** What a message is, so that bytes of one type never stand for another. */
export const kinds = { bytes: 0, hash: 1, ext: 2, word: 3, zeros: 4, challengeExt: 16, challengePositions: 17, challengeSeed: 18 } as const;
type Kind = keyof typeof kinds;

const le32 = (value: number): Uint8Array => new Uint8Array([value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]);

const names = new Map<string, Uint8Array>();

/** Labels are few and come back in every proof. */
function nameBytes(label: string): Uint8Array {
  const known = names.get(label) ?? utf8ToBytes(label);
  names.set(label, known);
  return known;
}

/** Little-endian words of K elements, coefficient 0 first. */
export function extBytes(values: readonly Ext[]): Uint8Array {
  const bytes = new Uint8Array(16 * values.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) for (let j = 0; j < 4; j++) view.setUint32(16 * i + 4 * j, values[i][j], true);
  return bytes;
}

/** One line of the call-site log: what was absorbed or drawn, and how much of it. */
export interface TranscriptEntry {
  readonly label: string;
  readonly kind: Kind;
  readonly count: number;
}

/**
 * Fiat-Shamir: a chain of BLAKE3 hashes, state' = H(state, kind, label, data), label and data behind their lengths. Challenges
 * are read from H(state, 255, counter) after such a step of their own, by rejection, so they are uniform.
 */
export class Transcript {
  readonly log: TranscriptEntry[] = [];
  private state: Uint8Array;
  private readonly digest: Digest;

  /** `digest` is BLAKE3; the kernels bring a faster one. */
  constructor(protocol: string, digest: Digest = plainHash) {
    this.digest = digest;
    this.state = digest(utf8ToBytes(protocol));
  }

  /** `zeros` bytes more belong to the data, and are not written out: there are megabytes of them. */
  private step(kind: Kind, label: string, data: Uint8Array, count: number, zeros = 0): void {
    const name = nameBytes(label);
    const input = new Uint8Array(41 + name.length + data.length);
    const view = new DataView(input.buffer);
    input.set(this.state);
    input[32] = kinds[kind];
    view.setUint32(33, name.length, true);
    input.set(name, 37);
    view.setUint32(37 + name.length, data.length + zeros, true);
    input.set(data, 41 + name.length);
    this.state = this.digest(input, zeros);
    this.log.push({ label, kind, count });
  }

  bytes(label: string, data: Uint8Array): void {
    this.step('bytes', label, data, data.length);
  }

  hash(label: string, digest: Uint8Array): void {
    this.step('hash', label, digest, 1);
  }

  ext(label: string, values: readonly Ext[]): void {
    this.step('ext', label, extBytes(values), values.length);
  }

  word(label: string, value: number): void {
    this.step('word', label, le32(value), 1);
  }

  /** As many zero bytes as the program is long: a program that could hash its own transcript would not fit into itself (2025/118). */
  zeros(label: string, count: number): void {
    this.step('zeros', label, new Uint8Array(0), count, count);
  }

  private *words(): Generator<number, never> {
    const input = new Uint8Array(37);
    input.set(this.state);
    input[32] = 255;
    for (let counter = 0; ; counter++) {
      input.set(le32(counter), 33);
      const block = this.digest(input);
      const view = new DataView(block.buffer, block.byteOffset);
      for (let at = 0; at < 32; at += 4) yield view.getUint32(at, true);
    }
  }

  /** Uniform K elements. */
  challenges(label: string, count: number): Ext[] {
    this.step('challengeExt', label, new Uint8Array(0), count);
    const source = this.words();
    const felt = (): number => {
      for (;;) {
        const word = source.next().value & 0x7fffffff;
        if (word < P) return word;
      }
    };
    return Array.from({ length: count }, (): Ext => [felt(), felt(), felt(), felt()]);
  }

  challenge(label: string): Ext {
    const [value] = this.challenges(label, 1);
    return value;
  }

  /** `count` distinct positions below 2^bits, in the order drawn: the low bits of each word, repetitions thrown away. */
  positions(label: string, count: number, bits: number): number[] {
    this.step('challengePositions', label, new Uint8Array(0), count);
    const source = this.words();
    const drawn = new Set<number>();
    while (drawn.size < count) drawn.add(source.next().value % 2 ** bits);
    return [...drawn];
  }

  /** 32 bytes to grind over; the nonce is absorbed by the caller afterwards. */
  seed(label: string): Uint8Array {
    this.step('challengeSeed', label, new Uint8Array(0), 1);
    return this.state.slice();
  }
}
