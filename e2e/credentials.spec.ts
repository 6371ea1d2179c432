import { demoIssuerKey, holderCommitment, newHolderSecret, signCredential } from '../circuits/credit-score/index.ts';
import type { ErrorCode } from '../src/base/index.ts';
import type { Credential } from '../src/protocol/index.ts';
import { passing, schema } from './support/applicants.ts';
import { ask } from './support/partner.ts';
import { expect, test } from './support/test.ts';
import { isProof } from './support/wire.ts';
import { en, said, sentence } from './support/words.ts';

// Credentials that come as files: the good one is kept, every bad one is refused with its sentence, and the wallet stays as it was.

const DAY = 86_400;
const now = (): number => Math.floor(Date.now() / 1000);
const holder = newHolderSecret(crypto.getRandomValues(new Uint8Array(96)));
const DEMO = 'Demo issuer (not real)';

interface Made {
  readonly key?: Uint8Array;
  readonly features?: Readonly<Record<string, number>>;
  readonly issuedAt?: number;
  readonly expiresAt?: number;
  readonly issuerName?: string;
}
function make({ key = demoIssuerKey(), features = passing.features, issuerName = DEMO, ...times }: Made = {}): Credential {
  const attested = {
    schema,
    features,
    holder: holderCommitment(holder),
    issuedAt: now() - DAY,
    expiresAt: now() + 30 * DAY,
    issuerName,
    ...times,
  };
  const made = signCredential(key, attested);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}
const file = (credential: unknown, own: unknown = holder): string => JSON.stringify({ credential, holder: own });
const without = (record: Readonly<Record<string, number>>, name: string) =>
  Object.fromEntries(Object.entries(record).filter(([each]) => each !== name));

const good = make();
interface Case {
  readonly content: string;
  readonly code: ErrorCode;
  readonly params?: Readonly<Record<string, string | number>>;
}
const cases: Readonly<Record<string, Case>> = {
  'not JSON': { content: '{', code: 'input/malformed', params: { what: 'not JSON' } },
  'brackets without end': { content: '['.repeat(60_000), code: 'input/malformed', params: { what: 'not JSON' } },
  'far too long': { content: ' '.repeat(10_000_000), code: 'input/too-large', params: { limit: '64 kB' } },
  'of an unknown schema': { content: file({ ...good, schema: '11'.repeat(32) }), code: 'credential/unknown-schema' },
  'with a value changed': {
    content: file({ ...good, features: { ...good.features, income: (good.features.income ?? 0) + 1 } }),
    code: 'credential/signature',
  },
  'with its end put off': { content: file({ ...good, expiresAt: good.expiresAt + DAY }), code: 'credential/signature' },
  'under another issuer’s name': {
    content: file({ ...good, issuer: make({ key: new Uint8Array(32).fill(7) }).issuer }),
    code: 'credential/signature',
  },
  expired: { content: file(make({ issuedAt: now() - 2 * DAY, expiresAt: now() - DAY })), code: 'credential/expired' },
  'without a value': {
    content: file({ ...good, features: without(good.features, 'age') }),
    code: 'input/feature-missing',
    params: { feature: 'age' },
  },
  'with a value nobody knows': {
    content: file({ ...good, features: { ...good.features, height: 180 } }),
    code: 'input/feature-unknown',
    params: { feature: 'height' },
  },
  'with a value out of range': {
    content: file({ ...good, features: { ...good.features, age: 128 } }),
    code: 'input/feature-out-of-range',
    params: { feature: 'age', min: 0, max: 127 },
  },
  'of another wallet': { content: JSON.stringify(good), code: 'credential/holder' },
  'with a secret that does not fit': { content: file(good, { ...holder, blinding: holder.secret }), code: 'credential/holder' },
};

test('a bad credential is refused with its reason, and a good one is kept', async ({ app, page }) => {
  await page.goto('/wallet/import');
  await app.create();
  for (const [name, { content, code, params }] of Object.entries(cases)) {
    await test.step(name, async () => {
      await app.go('wallet');
      await app.link(en.wallet.import).click();
      await app.choose('credential.json', content);
      await app.refused(code, params);
    });
  }
  await app.go('wallet');
  await expect(page.getByText(en.wallet.empty)).toBeVisible();
  await app.link(en.wallet.import).click();
  await test.step('the secret in the file is kept on the person’s word alone', async () => {
    await app.choose('credential.json', file(good));
    await app.button(en.wallet.broughtDrop).click();
    await app.go('wallet');
    await expect(page.getByText(en.wallet.empty)).toBeVisible();
    await app.link(en.wallet.import).click();
    await app.choose('credential.json', file(good));
    await app.button(en.wallet.broughtKeep).click();
    await expect(page.getByText(en.wallet.importDone)).toBeVisible();
  });
  await app.go('wallet');
  await app.link(en.wallet.import).click();
  await app.choose('credential.json', file(good));
  await app.go('wallet');
  await expect(page.getByRole('listitem').filter({ hasText: good.issuer.name })).toHaveCount(1);
});

test('what cannot answer a request is shown with its reason, and what can is offered', async ({ app, page, wire }) => {
  const foreign = make({ key: new Uint8Array(32).fill(9), issuerName: 'Another bank' });
  await page.goto('/wallet/import');
  await app.create();
  await app.choose('credential.json', file(foreign));
  await app.button(en.wallet.broughtKeep).click();
  await expect(page.getByText(said(en.wallet.importUntrusted, { issuer: 'Another bank' }))).toBeVisible();
  const placed = await ask();
  await app.open(placed);
  await app.consent();
  await app.unlock();
  await app.refused('credential/missing', { issuer: DEMO });
  await expect(page.getByText(sentence('credential/unknown-issuer', { issuer: DEMO }))).toBeVisible();
  await app.obtain(passing);
  await expect(app.heading(en.flow.deviceTitle)).toBeVisible();
  expect(wire.sent.filter(isProof)).toEqual([]);
});
