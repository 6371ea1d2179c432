import { expect, test } from 'vitest';
import { seeded, tinyNet } from '../../program/testing/samples.ts';
import { proofFields } from '../../protocol/transparent/index.ts';
import { verifyTransparent } from '../../verify/transparent/index.ts';
import { prove, setup } from './testing/bench.ts';

/** Inputs of one run; FUZZ=1000000 for the long one. */
const RUNS = Number(process.env.FUZZ ?? 400);
const codes = new Set(['proof/malformed', 'proof/version', 'proof/program', 'proof/non-canonical', 'proof/invalid']);

test(`verify is total on arbitrary bytes (${RUNS} inputs)`, { timeout: 86_400_000 }, () => {
  const ready = setup(tinyNet(2));
  const proof = prove(ready);
  const next = seeded(Number(process.env.SEED ?? 11));
  const edges = [0, 1, 0x7f000000, 0x7f000001, 0x7fffffff, 0xffffffff];
  const mutations: readonly (() => Uint8Array)[] = [
    // Noise of any length.
    () => Uint8Array.from({ length: next() % 4096 }, () => next() & 255),
    () => proof.slice(0, next() % proof.length),
    () => Uint8Array.from([...proof, ...Array.from({ length: 1 + (next() % 64) }, () => next() & 255)]),
    // The right frame around noise that is canonical, so that the deep checks are reached.
    () => {
      const bytes = proof.slice();
      const view = new DataView(bytes.buffer);
      for (let at = 41; at + 4 <= bytes.length; at += 4) view.setUint32(at, next() % 0x7f000001, true);
      return bytes;
    },
    // Some words of an honest proof changed to edge values or noise.
    () => {
      const bytes = proof.slice();
      const view = new DataView(bytes.buffer);
      for (let i = 0; i <= next() % 4; i++)
        view.setUint32(
          41 + 4 * (next() % ((bytes.length - 41) >> 2)),
          next() % 2 === 0 ? (edges[next() % edges.length] ?? 0) : next(),
          true,
        );
      return bytes;
    },
    // Stretches copied from one place of the proof to another.
    () => {
      const bytes = proof.slice();
      bytes.copyWithin(next() % bytes.length, next() % bytes.length, next() % bytes.length);
      return bytes;
    },
  ];
  const seen = new Map<string, number>();
  for (let i = 0; i < RUNS; i++) {
    const bytes = mutations[i % mutations.length]?.() ?? proof;
    const checked = verifyTransparent({ ...ready, proof: bytes });
    const outcome = checked.ok ? 'accepted' : checked.error.code;
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    if (checked.ok) expect(String(bytes)).toBe(String(proof));
    else expect(codes).toContain(outcome);
  }
  expect(seen.get('proof/invalid') ?? 0).toBeGreaterThan(RUNS / 10);
  expect(seen.get('proof/malformed') ?? 0).toBeGreaterThan(RUNS / 10);
  expect(proofFields(ready.plan).length).toBeGreaterThan(30);
});
