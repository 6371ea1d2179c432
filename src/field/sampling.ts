// SPDX-License-Identifier: Apache-2.0
import type { Ext } from './ext.ts';
import { P } from './koalabear.ts';

/** Fills the array with random bytes. In the product: `crypto.getRandomValues`, handed in at one place. */
export type RandomBytes = (into: Uint8Array) => void;

const CHUNK = 1 << 14;

/**
 * A stream of uniform field elements: 31 bits of each little-endian word, words of p or more thrown away. (Reducing mod p
 * instead would be biased by 2^-7, and every claim of zero knowledge with it.)
 */
export class UniformSource {
  private readonly random: RandomBytes;
  private readonly buffer = new Uint8Array(CHUNK);
  private readonly view = new DataView(this.buffer.buffer);
  private at = CHUNK;

  constructor(random: RandomBytes) {
    this.random = random;
  }

  felt(): number {
    for (;;) {
      if (this.at === CHUNK) {
        this.random(this.buffer);
        this.at = 0;
      }
      const word = this.view.getUint32(this.at, true) & 0x7fffffff;
      this.at += 4;
      if (word < P) return word;
    }
  }

  ext(): Ext {
    return [this.felt(), this.felt(), this.felt(), this.felt()];
  }

  felts(into: Uint32Array): void {
    for (let i = 0; i < into.length; i++) into[i] = this.felt();
  }

  bytes(into: Uint8Array): void {
    this.random(into);
  }

  /** Forgets what was drawn. */
  wipe(): void {
    this.buffer.fill(0);
    this.at = CHUNK;
  }
}
