import { PUBLIC_SIGNALS, type PublicSignal } from '../circuits/credit-score/index.ts';
import type { ErrorCode } from '../src/base/index.ts';
import { BN254_ORDER, fieldToHex, type Groth16Proof } from '../src/protocol/index.ts';
import { ask, verdict } from './support/partner.ts';
import { expect, test } from './support/test.ts';
import { isProof } from './support/wire.ts';
import { en } from './support/words.ts';

// Between the app and the verifier sits somebody who changes the proof. Each change is refused with its own code and sentence, the
// partner's verdict says so, and the request stays open for the honest proof.

type Change = (proof: Groth16Proof) => unknown;
interface Case {
  readonly change: Change;
  readonly code: ErrorCode;
  readonly params?: Readonly<Record<string, string | number>>;
  /** Undefined where the body could not even be read as a proof: that is nobody's answer, so there is no verdict of it. */
  readonly reason?: ErrorCode;
}

const count = PUBLIC_SIGNALS.length;
const value = (proof: Groth16Proof, name: PublicSignal): bigint => BigInt(`0x${proof.publicSignals[PUBLIC_SIGNALS.indexOf(name)]}`);
const withSignal = (proof: Groth16Proof, name: PublicSignal, changed: bigint): Groth16Proof => ({
  ...proof,
  publicSignals: proof.publicSignals.map((hex, at) => (PUBLIC_SIGNALS[at] === name ? fieldToHex(changed) : hex)),
});
/** One bit of the hex digit at `at`. */
const flipped = (hex: string, at: number): string =>
  hex.slice(0, at) + (Number.parseInt(hex[at] ?? '0', 16) ^ 1).toString(16) + hex.slice(at + 1);

const cases: Readonly<Record<string, Case>> = {
  'a bit of a point flipped': {
    change: (proof) => ({ ...proof, points: flipped(proof.points, 63) }),
    code: 'proof/not-on-curve',
    params: { what: 'A (off-curve)' },
    reason: 'proof/not-on-curve',
  },
  'another person’s number put in': {
    change: (proof) => withSignal(proof, 'nullifier', value(proof, 'nullifier') ^ 1n),
    code: 'proof/invalid',
    reason: 'proof/invalid',
  },
  'a lower threshold put in': {
    change: (proof) => withSignal(proof, 'threshold', value(proof, 'threshold') - 1n),
    code: 'request/mismatch',
    params: { signal: 'threshold' },
    reason: 'request/mismatch',
  },
  'a signal at or above the field order': {
    change: (proof) => withSignal(proof, 'requestTime', value(proof, 'requestTime') + BN254_ORDER),
    code: 'proof/non-canonical',
    params: { what: 'requestTime' },
    reason: 'proof/non-canonical',
  },
  'the last signal dropped': {
    change: (proof) => ({ ...proof, publicSignals: proof.publicSignals.slice(0, -1) }),
    code: 'proof/signal-count',
    params: { count: count - 1, expected: count },
    reason: 'proof/signal-count',
  },
  'a signal added': {
    change: (proof) => ({ ...proof, publicSignals: [...proof.publicSignals, fieldToHex(0n)] }),
    code: 'proof/signal-count',
    params: { count: count + 1, expected: count },
    reason: 'proof/signal-count',
  },
  'the end cut off': { change: (proof) => JSON.stringify(proof).slice(0, 600), code: 'input/malformed', params: { what: 'not JSON' } },
};

test('a changed proof is refused, each change with its sentence, and the honest one is taken afterwards', async ({ app, wire }) => {
  test.setTimeout(240_000);
  const placed = await ask();
  await app.wallet();
  let latest: ErrorCode | undefined;
  let again = false;
  for (const [name, { change, code, params, reason }] of Object.entries(cases)) {
    await test.step(name, async () => {
      if (again) {
        await app.button(en.common.retry).click();
        await app.fromDevice();
      } else await app.proveAgain(placed);
      const stop = wire.break({
        match: isProof,
        request: (body) => {
          const changed = change(JSON.parse(body.toString()) as Groth16Proof);
          return Buffer.from(typeof changed === 'string' ? changed : JSON.stringify(changed));
        },
      });
      await app.send();
      await expect(app.heading(en.flow.refusedTitle)).toBeVisible();
      await app.refused(code, params);
      stop();
      // Where a new proof can help, it is one press away.
      again = code.startsWith('proof/');
      await expect(app.button(en.common.retry)).toHaveCount(again ? 1 : 0);
      latest = reason ?? latest;
      expect(await verdict(placed.id)).toMatchObject({ result: 'rejected', reason: latest });
    });
  }
  await test.step('the honest proof', async () => {
    await app.proveAgain(placed);
    await app.send();
    await app.accepted();
    expect(await verdict(placed.id)).toMatchObject({ result: 'accepted' });
  });
});
