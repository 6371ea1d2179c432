import { jwtVerify } from 'jose';
import { expectedSignals, holderCommitment, nullifier, PUBLIC_SIGNALS } from '../circuits/credit-score/index.ts';
import { fieldHolder, fieldSecret } from '../circuits/credit-score/transparent/index.ts';
import {
  type BundleManifest,
  fieldToHex,
  type Groth16Proof,
  hashReturnCode,
  parseProofRequest,
  scopeField,
} from '../src/protocol/index.ts';
import { digestToHex } from '../src/registry/index.ts';
import { appOrigin, partnerOrigin } from './places.ts';
import { brief, isPublic, oddHeaders } from './support/account.ts';
import { PASSPHRASE } from './support/app.ts';
import { passing } from './support/applicants.ts';
import { verdict } from './support/partner.ts';
import { leaks, secretsOf } from './support/secrets.ts';
import { expect, test } from './support/test.ts';
import { isProof, path, type Sent } from './support/wire.ts';
import { en } from './support/words.ts';

/** The partner's own result page alone gets its session back, and once the code that shows who proved. */
const RESULT = new RegExp(`^${partnerOrigin}/result/[0-9a-f]{32}(?:\\?tacit_code=([0-9a-f]{32}))?$`);

// What a new user does, and then: what left the browser while they did it. Every byte is accounted for.

test('a new user gets from the first page to an accepted proof, and nothing but the proof leaves the device', async ({
  page,
  app,
  wire,
}) => {
  await page.goto('/');
  await expect(app.heading(en.home.title)).toBeVisible();
  await app.link(en.vault.create).click();
  await app.create();
  await expect(app.heading(en.wallet.title)).toBeVisible();
  await app.go('home');
  await app.link(en.wallet.get).click();
  await app.obtain(passing);
  await expect(app.heading(passing.label)).toBeVisible();
  const wallet = await app.contents();
  await app.go('home');
  await app.link(en.home.openDemo).click();

  await page.getByRole('button', { name: 'Check my eligibility privately' }).click();
  await app.consent();
  await app.unlock();
  await app.device();
  await expect(page.getByText(en.flow.previewPass, { exact: true })).toBeVisible();
  const untilResult = wire.sent.length;
  await app.preview();
  await app.made();
  expect(wire.sent.slice(untilResult), 'sent between the preview’s result and the person’s word').toEqual([]);
  await app.send();
  await app.accepted();
  const requestId = new URL(page.url()).pathname.slice('/r/'.length);

  await app.link(`Return to Harbour Loans (demo)`).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('✓ You are eligible');
  await expect(page.getByText('We have not seen the score.')).toBeVisible();

  const told = await verdict(requestId);
  const { request, manifest } = await published(requestId);
  const secret = wallet.identity[0]?.secret ?? '';
  const mark = fieldToHex(nullifier(secret, scopeField(request.partner.id, request.scope)));
  expect(told).toMatchObject({
    result: 'accepted',
    nullifier: mark,
    assurance: 'demo-attested',
    keys: 'development',
    policy: request.policy,
  });

  await test.step('every request is one we know, and carries what it must and no more', () => {
    const [holder] = wallet.credentials.map((record) => holderCommitment(record.holder));
    const [leafHolder] = wallet.credentials.map((record) => digestToHex(fieldHolder(fieldSecret(record.holder))));
    const signals = { ...expectedSignals(request, manifest), nullifier: BigInt(`0x${mark}`) };
    const brought: string[] = [];
    for (const sent of wire.sent) {
      const back = RESULT.exec(sent.url);
      if (back !== null) {
        expect(sent.method).toBe('GET');
        expect(oddHeaders(sent).filter((header) => !/^cookie: harbour_session=[0-9a-f]{32}$/i.test(header))).toEqual([]);
        if (back[1] !== undefined) brought.push(back[1]);
        continue;
      }
      expect(oddHeaders(sent)).toEqual([]);
      if (sent.method === 'POST' && isProof(sent)) expectProof(sent, signals, request.bundle);
      else if (sent.method === 'POST' && sent.url === `${appOrigin}/v1/issuer/credentials`)
        expect(JSON.parse(sent.body.toString())).toStrictEqual({ applicant: passing.id, holder, leafHolder });
      else if (sent.method === 'POST' && sent.url === `${partnerOrigin}/check`) expect(sent.body.toString()).toBe('');
      else expect(isPublic(sent), `a request we do not know: ${brief(sent)}`).toBe(true);
    }
    expect(told).toMatchObject({ returnCode: hashReturnCode(brought[0] ?? '') });
    expect(brought).toHaveLength(1);
    // The search below would pass on an empty list.
    expect(wire.sent.filter(isProof)).toHaveLength(1);
    expect(wire.sent.filter((sent) => path(sent) === '/v1/issuer/credentials')).toHaveLength(1);
    expect(wire.sent.some((sent) => path(sent) === '/service-worker.js')).toBe(true);
    expect(wire.sent.some((sent) => path(sent).endsWith('.wasm') && path(sent).startsWith('/assets/'))).toBe(true);
  });

  await test.step('nothing personal stands in an address, a header or a body', () => {
    expect(leaks(wire.sent, secretsOf(wallet, passing, PASSPHRASE))).toEqual([]);
  });
});

/** The whole body: seven values that the request fixes, the mark, and one proof. */
function expectProof({ body }: Sent, signals: Readonly<Record<string, bigint | undefined>>, bundle: string): void {
  expect(body.length).toBeLessThan(4000);
  const { points, ...rest } = JSON.parse(body.toString()) as Groth16Proof;
  expect(points).toMatch(/^[0-9a-f]{512}$/);
  const publicSignals = PUBLIC_SIGNALS.map((name) => fieldToHex(signals[name] ?? -1n));
  expect(rest).toStrictEqual({ format: 'tacit-proof', v: 1, statement: 'credit-score', system: 'groth16', bundle, publicSignals });
}

/** The request as the verifier signed it, and the bundle it names, fetched beside the browser. */
async function published(id: string) {
  const { createRemoteJWKSet } = await import('jose');
  const answer = (await (await fetch(`${appOrigin}/v1/requests/${id}`)).json()) as { request: string };
  const { payload } = await jwtVerify(answer.request, createRemoteJWKSet(new URL('/.well-known/jwks.json', appOrigin)));
  const request = parseProofRequest(payload);
  if (!request.ok) throw new Error(request.error.code);
  const manifest = (await (await fetch(`${appOrigin}/bundles/${request.value.bundle}/manifest.json`)).json()) as BundleManifest;
  return { request: request.value, manifest };
}
