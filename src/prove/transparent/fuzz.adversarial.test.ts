import { expect, test } from 'vitest';
import { seeded, tinyNet } from '../../program/testing/samples.ts';
import { proofFields } from '../../protocol/transparent/index.ts';
import { verifyTransparent } from '../../verify/transparent/index.ts';
import { prove, setup } from './testing/bench.ts';
import { mutated, REFUSALS } from './testing/mutations.ts';

/** `npm run fuzz` is the long run of the same inputs. */
const RUNS = 400;

test(`verify is total on arbitrary bytes (${RUNS} inputs)`, () => {
  const ready = setup(tinyNet(2));
  const corpus = { proof: prove(ready), other: prove(ready), fields: proofFields(ready.plan) };
  const { proof } = corpus;
  const next = seeded(11);
  const seen = new Map<string, number>();
  for (let i = 0; i < RUNS; i++) {
    const bytes = mutated(corpus, i, next);
    const checked = verifyTransparent({ ...ready, proof: bytes });
    const outcome = checked.ok ? 'accepted' : checked.error.code;
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    if (checked.ok) expect(String(bytes)).toBe(String(proof));
    else expect([...REFUSALS]).toContain(outcome);
  }
  expect(seen.get('proof/invalid') ?? 0).toBeGreaterThan(RUNS / 10);
  expect(seen.get('proof/malformed') ?? 0).toBeGreaterThan(RUNS / 10);
  expect(proofFields(ready.plan).length).toBeGreaterThan(30);
});
