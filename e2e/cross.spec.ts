import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Groth16Proof, ProofFile } from '../src/protocol/index.ts';
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
  const done = spawnSync('npx', ['--no', 'tacit', ...args, '--json'], { cwd: root, encoding: 'utf8' });
  return { code: done.status, said: JSON.parse(done.stdout || '{}') as Record<string, unknown> };
}
const keep = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
/** Somebody else's number in place of the one the proof is about. */
function changed(file: Buffer): string {
  const parsed = JSON.parse(file.toString()) as ProofFile & { readonly proof: Groth16Proof };
  const publicSignals = parsed.proof.publicSignals.map((signal, at) =>
    at === 5 ? `${signal.slice(0, -1)}${signal.endsWith('0') ? '1' : '0'}` : signal,
  );
  return JSON.stringify({ ...parsed, proof: { ...parsed.proof, publicSignals } });
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
  for (const [content, code, params] of [
    ['not a proof', 'input/malformed', { what: 'not JSON' }],
    ['['.repeat(50_000), 'input/malformed', { what: 'not JSON' }],
    [' '.repeat(10_000_000), 'input/too-large', { limit: '8 MB' }],
  ] as const) {
    await app.choose('proof.json', content);
    await app.refused(code, params);
    await expect(page.getByText(en.verify.validTitle)).toHaveCount(0);
  }
});
