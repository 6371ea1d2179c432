import { PREFIX_BYTES } from '../../../protocol/transparent/index.ts';

const EDGES = [0, 1, 0x7f000000, 0x7f000001, 0x7fffffff, 0xffffffff];

/** Codes that a changed proof may be refused with; anything else, and any throw, is a finding. */
export const REFUSALS: ReadonlySet<string> = new Set([
  'proof/malformed',
  'proof/version',
  'proof/program',
  'proof/non-canonical',
  'proof/invalid',
]);

/** Input number i of a fuzzing run over an honest proof: noise, cuts, extensions, canonical noise in the right frame, edge values, moved stretches. */
export function mutated(proof: Uint8Array, i: number, next: () => number): Uint8Array {
  const words = (proof.length - PREFIX_BYTES) >> 2;
  const mutations: readonly (() => Uint8Array)[] = [
    () => Uint8Array.from({ length: next() % 4096 }, () => next() & 255),
    () => proof.slice(0, next() % proof.length),
    () => Uint8Array.from([...proof, ...Array.from({ length: 1 + (next() % 64) }, () => next() & 255)]),
    // So that the deep checks are reached.
    () => {
      const bytes = proof.slice();
      const view = new DataView(bytes.buffer);
      for (let word = 0; word < words; word++) view.setUint32(PREFIX_BYTES + 4 * word, next() % 0x7f000001, true);
      return bytes;
    },
    () => {
      const bytes = proof.slice();
      const view = new DataView(bytes.buffer);
      for (let k = 0; k <= next() % 4; k++) {
        const value = next() % 2 === 0 ? (EDGES[next() % EDGES.length] ?? 0) : next();
        view.setUint32(PREFIX_BYTES + 4 * (next() % words), value, true);
      }
      return bytes;
    },
    () => {
      const bytes = proof.slice();
      bytes.copyWithin(next() % bytes.length, next() % bytes.length, next() % bytes.length);
      return bytes;
    },
  ];
  return mutations[i % mutations.length]?.() ?? proof;
}
