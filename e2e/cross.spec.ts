import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PUBLIC_SIGNALS } from '../circuits/credit-score/index.ts';
import type { ErrorCode } from '../src/base/index.ts';
import { BN254_ORDER, fieldToHex, type Groth16Proof, type ProofFile } from '../src/protocol/index.ts';
import { ask } from './support/partner.ts';
import { expect, test } from './support/test.ts';
import { en } from './support/words.ts';

// One proof, two programs: what the browser makes the command line accepts, what the command line makes the page accepts, and neither
// accepts what was changed.

const root = new URL('..', import.meta.url);
let folder: string;
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-cross-'));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

function tacit(...args: string[]): { code: number | null; said: Record<string, unknown> } {
  const done = spawnSync('npx', ['tacit', ...args, '--json'], { cwd: root, encoding: 'utf8' });
  return { code: done.status, said: JSON.parse(done.stdout || '{}') as Record<string, unknown> };
}
const keep = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
type File = ProofFile & { readonly proof: Groth16Proof };
const withSignal = (file: File, at: number, change: (signal: bigint) => bigint): File => {
  const publicSignals = file.proof.publicSignals.map((hex, i) => (i === at ? fieldToHex(change(BigInt(`0x${hex}`))) : hex));
  return { ...file, proof: { ...file.proof, publicSignals } };
};
const NULLIFIER = PUBLIC_SIGNALS.indexOf('nullifier');
/** Somebody else's number in place of the one the proof is about. */
const changed = (file: Buffer): string => JSON.stringify(withSignal(JSON.parse(file.toString()), NULLIFIER, (signal) => signal ^ 1n));

/** What can be wrong with a proof, each with the code that both programs refuse it with. `other`: an honest proof for another request. */
function wrongs(file: File, other: File): Readonly<Record<string, readonly [content: string, code: ErrorCode]>> {
  const { proof, request } = file;
  const json = (change: object): string => JSON.stringify({ ...file, ...change });
  const ofProof = (change: object): string => json({ proof: { ...proof, ...change } });
  const flipped = proof.points.replace(/.$/, (digit) => (Number.parseInt(digit, 16) ^ 1).toString(16));
  return {
    'sent again for another request': [json({ request: other.request }), 'request/mismatch'],
    'with another proof’s points': [ofProof({ points: other.proof.points }), 'proof/invalid'],
    'with one bit flipped': [ofProof({ points: flipped }), 'proof/not-on-curve'],
    'without its last signal': [ofProof({ publicSignals: proof.publicSignals.slice(0, -1) }), 'proof/signal-count'],
    'with one signal more': [ofProof({ publicSignals: [...proof.publicSignals, fieldToHex(0n)] }), 'proof/signal-count'],
    'with a signal of the field’s order and more': [
      JSON.stringify(withSignal(file, NULLIFIER, (x) => x + BN254_ORDER)),
      'proof/non-canonical',
    ],
    'for a lower threshold': [json({ request: { ...request, policy: { threshold: request.policy.threshold - 1 } } }), 'request/mismatch'],
    'with points that are cut off': [ofProof({ points: proof.points.slice(2) }), 'proof/malformed'],
    'of a bundle nobody published': [json({ request: { ...request, bundle: '11'.repeat(32) } }), 'bundle/unknown'],
    'of another version': [json({ v: 2 }), 'proof/version'],
    'of many brackets': [`{"format":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'proof/malformed'],
  };
}

test('a proof from the browser is accepted by the command line', async ({ app }) => {
  await app.prove(await ask());
  await app.send();
  await app.accepted();
  const receipt = JSON.parse((await app.saved(en.flow.savedReceipt)).toString()) as { sent: { bytes: number } };
  expect(receipt.sent.bytes).toBeLessThan(4000);
  await app.history();
  const file = await app.saved(en.history.saveProof);
  expect(tacit('verify', keep('browser.json', file))).toMatchObject({ code: 0 });
  expect(tacit('verify', keep('browser-changed.json', changed(file)))).toMatchObject({
    code: 1,
    said: { error: { code: 'proof/invalid' } },
  });
});

test('a proof from the command line is accepted on the page, also offline; a changed one, and what is no proof, are not', async ({
  app,
  page,
  context,
}) => {
  const path = join(folder, 'cli.json');
  expect(tacit('prove', 'credit-score', '--example', '--out', path)).toMatchObject({ code: 0 });
  const file = readFileSync(path);
  await page.goto('/verify');
  await app.choose('proof.json', file);
  await expect(page.getByText(en.verify.validTitle)).toBeVisible();
  await expect(page.getByText(en.verify.demoIssuer)).toBeVisible();
  await expect(page.getByText(en.verify.devKeys)).toBeVisible();

  await context.setOffline(true);
  await app.choose('proof.json', changed(file));
  await app.refused('proof/invalid');
  await expect(page.getByText(en.verify.invalidTitle)).toBeVisible();
  await app.choose('proof.json', file);
  await expect(page.getByText(en.verify.validTitle)).toBeVisible();
  const otherPath = join(folder, 'other.json');
  expect(tacit('prove', 'credit-score', '--example', '--out', otherPath)).toMatchObject({ code: 0 });
  for (const [name, [content, code]] of Object.entries(wrongs(JSON.parse(file.toString()), JSON.parse(readFileSync(otherPath, 'utf8')))))
    await test.step(name, async () => {
      expect(tacit('verify', keep('wrong.json', content))).toMatchObject({ code: 1, said: { result: 'rejected', error: { code } } });
      await app.choose('proof.json', content);
      await expect(app.error(code).first()).toBeVisible();
      await expect(page.getByText(en.verify.validTitle)).toHaveCount(0);
      await app.choose('proof.json', file);
      await expect(page.getByText(en.verify.validTitle)).toBeVisible();
    });
  for (const [content, code, params] of [
    ['not a proof', 'input/malformed', { what: 'not JSON' }],
    ['['.repeat(50_000), 'input/malformed', { what: 'not JSON' }],
    [randomBytes(10_000_000), 'input/too-large', { limit: '8 MB' }],
  ] as const) {
    await app.choose('proof.json', content);
    await app.refused(code, params);
    await expect(page.getByText(en.verify.validTitle)).toHaveCount(0);
  }
});
