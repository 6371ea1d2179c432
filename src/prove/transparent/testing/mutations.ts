import { type Field, fieldBytes, PREFIX_BYTES } from '../../../protocol/transparent/index.ts';

const EDGES = [0, 1, 0x7f000000, 0x7f000001, 0x7fffffff, 0xffffffff];
const P = 0x7f000001;
const elementBytes = { hash: 32, ext: 16, felt: 4, word: 4 } as const;

/** Codes that a changed proof may be refused with; anything else, and any throw, is a finding. */
export const REFUSALS: ReadonlySet<string> = new Set([
  'proof/malformed',
  'proof/version',
  'proof/program',
  'proof/non-canonical',
  'proof/invalid',
]);

/** What a fuzzing run changes: two honest proofs of one statement, and the fields they consist of. */
export interface Corpus {
  readonly proof: Uint8Array;
  readonly other: Uint8Array;
  readonly fields: readonly Field[];
}

/** The proof with bit `i` flipped, counted from the first byte's lowest: for runs over every byte there is. */
export function flipped(proof: Uint8Array, i: number): Uint8Array {
  const bytes = proof.slice();
  bytes[i >> 3] = (bytes[i >> 3] ?? 0) ^ (1 << (i & 7));
  return bytes;
}

/**
 * Input number i of a run: noise, cuts, extensions, moved and repeated stretches, flipped bits, words at the edges of the field,
 * canonical noise in the right frame; and, by the codec's fields, an element replaced, two swapped, one or a whole field of the other proof.
 */
export function mutated({ proof, other, fields }: Corpus, i: number, next: () => number): Uint8Array {
  const words = (proof.length - PREFIX_BYTES) >> 2;
  const edited = (edit: (bytes: Uint8Array, view: DataView) => void): Uint8Array => {
    const bytes = proof.slice();
    edit(bytes, new DataView(bytes.buffer));
    return bytes;
  };
  const anyWord = (): number => (next() % 2 === 0 ? (EDGES[next() % EDGES.length] ?? 0) : next());
  /** A field by its number, so that short fields are met as often as long ones. */
  const place = (): { readonly at: number; readonly width: number; readonly count: number } => {
    const f = next() % fields.length;
    const at = fields.slice(0, f).reduce((sum, field) => sum + fieldBytes(field), PREFIX_BYTES);
    const { kind, count } = fields[f] ?? { kind: 'word', count: 1 };
    return { at, width: elementBytes[kind], count };
  };
  const flip = (from: number, length: number): Uint8Array =>
    edited((bytes) => {
      const at = from + (next() % length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (next() & 7));
    });
  const mutations: readonly (() => Uint8Array)[] = [
    () => Uint8Array.from({ length: next() % 4096 }, () => next() & 255),
    () => proof.slice(0, next() % proof.length),
    () => {
      const bytes = new Uint8Array(proof.length + 1 + (next() % 64));
      bytes.set(proof);
      for (let at = proof.length; at < bytes.length; at++) bytes[at] = next() & 255;
      return bytes;
    },
    () => flip(0, PREFIX_BYTES),
    () => edited((bytes) => void bytes.copyWithin(next() % bytes.length, next() % bytes.length)),
    () =>
      edited((_, view) => {
        for (let k = 0; k <= next() % 4; k++) view.setUint32(PREFIX_BYTES + 4 * (next() % words), anyWord(), true);
      }),
    () => flip(PREFIX_BYTES, proof.length - PREFIX_BYTES),
    // So that the deep checks are reached.
    () =>
      edited((_, view) => {
        for (let word = 0; word < words; word++) view.setUint32(PREFIX_BYTES + 4 * word, next() % P, true);
      }),
    () =>
      edited((_, view) => {
        const { at, width, count } = place();
        view.setUint32(at + width * (next() % count) + 4 * (next() % (width / 4)), next() % P, true);
      }),
    () =>
      edited((bytes) => {
        const { at, width, count } = place();
        const [x, y] = [at + width * (next() % count), at + width * (next() % count)];
        bytes.copyWithin(x, y, y + width);
        bytes.set(proof.subarray(x, x + width), y);
      }),
    () =>
      edited((bytes) => {
        const { at, width, count } = place();
        const [from, length] = next() % 2 === 0 ? [at, width * count] : [at + width * (next() % count), width];
        bytes.set(other.subarray(from, from + length), from);
      }),
  ];
  return mutations[i % mutations.length]?.() ?? proof;
}
