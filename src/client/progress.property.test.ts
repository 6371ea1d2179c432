import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProgressMeter } from './progress.ts';
import type { ProofStage } from './types.ts';

type Step = { wait: number; kind: 'read' } | { wait: number; kind: 'download' | 'work'; to: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ wait: fc.nat(5_000), kind: fc.constant('read' as const) }),
  fc.record({
    wait: fc.nat(5_000),
    kind: fc.constantFrom('download' as const, 'work' as const),
    to: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
);

describe('progress', () => {
  it('never falls, stays between 0 and 1, and never promises negative time', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 60_000 }), (steps, estimate) => {
        let now = 0;
        const meter = createProgressMeter<ProofStage>('witness', estimate, () => now);
        let last = 0;
        for (const each of steps) {
          now += each.wait;
          if (each.kind === 'download') meter.download(Math.round(each.to * 1000), 1000);
          if (each.kind === 'work') meter.work('prove', each.to);
          const { fraction, msLeft } = meter.read();
          expect(fraction).toBeGreaterThanOrEqual(last);
          expect(fraction).toBeLessThanOrEqual(1);
          if (msLeft !== undefined) expect(msLeft).toBeGreaterThanOrEqual(0);
          last = fraction;
        }
      }),
    );
  });

  it('moves between two reports, and corrects the estimate by what it sees', () => {
    let now = 0;
    const meter = createProgressMeter<ProofStage>('witness', 4_000, () => now);
    meter.work('witness', 0);
    expect(meter.read()).toEqual({ stage: 'witness', fraction: 0, msLeft: 4_000 });
    now = 1_000;
    const moved = meter.read().fraction;
    expect(moved).toBeGreaterThan(0.1);
    expect(moved).toBeLessThan(0.3);
    meter.work('prove', 0.5); // twice as fast as thought
    expect(meter.read().msLeft).toBe(1_000);
    now = 100_000; // and then it hangs
    expect(meter.read().fraction).toBeLessThan(0.99);
    meter.work('check', 1);
    expect(meter.read().fraction).toBe(1);
  });

  it('knows the time left of a download only after it saw some of it', () => {
    let now = 0;
    const meter = createProgressMeter<ProofStage>('witness', 1_000, () => now);
    meter.download(200, 1_000);
    expect(meter.read().msLeft).toBeUndefined();
    now = 1_000;
    meter.download(600, 1_000);
    expect(meter.read()).toEqual({ stage: 'download', fraction: 0.18, msLeft: 2_000 });
  });
});
