// SPDX-License-Identifier: Apache-2.0
import { blake3 } from '@noble/hashes/blake3.js';
import { type K, p } from './arithmetic.ts';
import { word } from './plan.ts';

const ascii = (label: string): number[] => [...label].map((c) => c.charCodeAt(0));
export const H = (bytes: Iterable<number>): Uint8Array => blake3(Uint8Array.from(bytes));

/** Section 4. */
export class Chain {
  private state = H(ascii('tacit-transparent/v1'));

  step(kind: number, label: string, data: ArrayLike<number>): void {
    const head = [...this.state, kind, ...word(label.length), ...ascii(label), ...word(data.length)];
    const input = new Uint8Array(head.length + data.length);
    input.set(head);
    input.set(data, head.length);
    this.state = blake3(input);
  }

  elements(label: string, values: readonly K[]): void {
    this.step(
      2,
      label,
      values.flatMap((v) => v.flatMap((c) => word(Number(c)))),
    );
  }

  private *stream(): Generator<number, never> {
    for (let counter = 0; ; counter++) {
      const block = H([...this.state, 255, ...word(counter)]);
      for (let i = 0; i < 32; i += 4) {
        const [a = 0, b = 0, c = 0, d = 0] = block.subarray(i, i + 4);
        yield a + 256 * b + 65536 * c + 16777216 * d;
      }
    }
  }

  draw(label: string, count: number): K[] {
    this.step(16, label, []);
    const stream = this.stream();
    const next = (): bigint => {
      for (;;) {
        const x = BigInt(stream.next().value) & 0x7fffffffn;
        if (x < p) return x;
      }
    };
    return Array.from({ length: count }, (): K => [next(), next(), next(), next()]);
  }

  one(label: string): K {
    return this.draw(label, 1)[0] as K;
  }

  places(label: string, count: number, n: number): number[] {
    this.step(17, label, []);
    const stream = this.stream();
    const found: number[] = [];
    while (found.length < count) {
      const x = stream.next().value % n;
      if (!found.includes(x)) found.push(x);
    }
    return found;
  }

  worked(label: string, nonceLabel: string, nonce: number, bits: number): boolean {
    this.step(18, label, []);
    const digest = H([...word(2), ...this.state, ...word(nonce)]);
    this.step(3, nonceLabel, word(nonce));
    const [a = 0, b = 0, c = 0, d = 0] = digest;
    return a * 2 ** 24 + b * 2 ** 16 + c * 256 + d < 2 ** (32 - bits);
  }
}
