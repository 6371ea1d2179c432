import { beforeEach, describe, expect, test } from 'vitest';
import { mixedProgram } from '../../program/testing/samples.ts';
import { fieldBytes, PREFIX_BYTES, proofFields } from '../../protocol/transparent/index.ts';
import { verifyTransparent } from '../../verify/transparent/index.ts';
import { prove, setup, verdict } from './testing/bench.ts';

// Proofs are synchronous: without a breath between tests the runner believes its worker dead.
beforeEach(() => new Promise<void>((resolve) => void setTimeout(resolve, 0)));

const ready = setup(mixedProgram(1));
const proof = prove(ready);
const other = prove(ready);
const fields = proofFields(ready.plan);
const offsets = fields.map((_, i) => fields.slice(0, i).reduce((sum, field) => sum + fieldBytes(field), PREFIX_BYTES));
const elementBytes = { hash: 32, ext: 16, felt: 4, word: 4 } as const;

const codes = ['proof/invalid', 'proof/non-canonical'];
const fast = (bytes: Uint8Array): string => {
  const checked = verifyTransparent({ ...ready, proof: bytes });
  return checked.ok ? 'accepted' : checked.error.code;
};
const changed = (edit: (bytes: Uint8Array) => void): Uint8Array => {
  const bytes = proof.slice();
  edit(bytes);
  return bytes;
};

test('the manifest covers every byte behind the prefix', () => {
  expect(offsets.at(-1)).toBe(proof.length - fieldBytes(fields.at(-1) ?? { name: '', kind: 'word', count: 0 }));
  expect(fields.length).toBeGreaterThan(40);
});

describe.each(fields.map((field, i) => ({ ...field, at: offsets[i] ?? 0, width: elementBytes[field.kind] })))(
  '$name',
  ({ name, kind, count, at, width }) => {
    const last = at + width * (count - 1);
    test('a flipped bit in the first and in the last element is refused', () => {
      for (const place of [at, last])
        for (const bit of [0, 9]) {
          // A lookup nonce of a program without work is bound by the transcript all the same.
          const flipped = changed((bytes) => {
            bytes[place + (bit >> 3)] = (bytes[place + (bit >> 3)] ?? 0) ^ (1 << (bit & 7));
          });
          expect(codes).toContain(fast(flipped));
        }
      expect(codes).toContain(
        verdict(
          ready,
          changed((bytes) => {
            bytes[at] = (bytes[at] ?? 0) ^ 1;
          }),
        ),
      );
    });
    test('an element that is not canonical has its own code', () => {
      if (kind !== 'ext' && kind !== 'felt') return;
      for (const value of [0x7f000001, 0xffffffff]) {
        const bytes = changed((b) => new DataView(b.buffer).setUint32(last, value, true));
        expect(fast(bytes)).toBe('proof/non-canonical');
      }
    });
    test('the same field of another proof of the same statement is refused', () => {
      const foreign = changed((bytes) => bytes.set(other.subarray(at, at + width * count), at));
      // With no work to do the least nonce is 0 in every proof, so there is nothing to swap.
      if (String(foreign) === String(proof)) expect(name).toMatch(/^nonce/);
      else expect(fast(foreign)).toBe('proof/invalid');
    });
    test('swapped elements are refused', () => {
      if (count < 2) return;
      const swapped = changed((bytes) => {
        bytes.copyWithin(at, last, last + width);
        bytes.set(proof.subarray(at, at + width), last);
      });
      expect(fast(swapped)).toBe('proof/invalid');
    });
  },
);

describe('the whole', () => {
  test('truncated, extended, empty, of another kind: malformed, by both verifiers', () => {
    for (const bytes of [
      new Uint8Array(0),
      proof.subarray(0, 4),
      proof.subarray(0, PREFIX_BYTES),
      proof.subarray(0, -1),
      Uint8Array.from([...proof, 0]),
      changed((b) => {
        b[0] = 0;
      }),
    ])
      expect(verdict(ready, bytes)).toBe('proof/malformed');
  });
  test('another version and another program have codes of their own', () => {
    expect(
      verdict(
        ready,
        changed((b) => {
          b[5] = 2;
        }),
      ),
    ).toBe('proof/version');
    expect(
      verdict(
        ready,
        changed((b) => {
          b[9] = (b[9] ?? 0) ^ 1;
        }),
      ),
    ).toBe('proof/program');
  });
});
