import { fieldHolder, fieldNullifier, fieldSecret } from '../circuits/credit-score/transparent/index.ts';
import { twinBundle } from '../circuits/credit-score/transparent/testing/index.ts';
import type { TransparentProof } from '../src/protocol/index.ts';
import { digestToHex, scopeElements } from '../src/registry/index.ts';
import { appOrigin } from './places.ts';
import { brief, isPublic, oddHeaders } from './support/account.ts';
import { PASSPHRASE } from './support/app.ts';
import { passing } from './support/applicants.ts';
import { ask, verdict } from './support/partner.ts';
import { leaks, secretsOf } from './support/secrets.ts';
import { expect, test } from './support/test.ts';
import { isProof, path } from './support/wire.ts';
import { en } from './support/words.ts';

const bodyWithoutProof = (body: Buffer): Buffer => {
  const { proof: _, ...rest } = JSON.parse(body.toString()) as TransparentProof;
  return Buffer.from(JSON.stringify(rest));
};

// The same answer without any keys: the registry is fetched whole, the proof made here, and nothing but the proof leaves.

test('a request for the transparent system is answered in the browser, and the other system is refused in its scope', async ({
  page,
  app,
  wire,
}) => {
  const placed = await ask({ system: 'transparent' });
  const { request } = placed;
  const other = await ask({ scope: request.scope });
  expect(request).toMatchObject({ system: 'transparent', registry: 'issuer.demo' });

  await page.goto('/wallet/get');
  await app.create();
  await app.obtain(passing);
  await expect(app.heading(passing.label)).toBeVisible();
  const wallet = await app.contents();
  const { secret } = fieldSecret(wallet.credentials[0]?.holder ?? { secret: '', blinding: '' });

  await page.goto(placed.url);
  await app.consent();
  await app.unlock();
  await app.device();
  await expect(page.getByText(en.flow.previewPass, { exact: true })).toBeVisible();
  const untilResult = wire.sent.length;
  expect(wire.sent.some((sent) => path(sent) === '/v1/registries/issuer.demo/leaves')).toBe(true);
  await app.preview();
  await app.made();
  // The browser looks for a newer service worker when it likes to: a GET with nothing of the page in it.
  const sent = wire.sent.slice(untilResult).filter((each) => path(each) !== '/service-worker.js');
  expect(sent, 'sent between the preview’s result and the person’s word').toEqual([]);
  await app.send();
  await app.accepted();

  const mark = digestToHex(fieldNullifier(secret, scopeElements(request.partner.id, request.scope)));
  expect(await verdict(placed.id)).toMatchObject({
    result: 'accepted',
    system: 'transparent',
    keys: 'none',
    soundnessBits: 100,
    nullifier: mark,
    assurance: 'demo-attested',
  });

  await test.step('the scope belongs to this system now', async () => {
    await expect(ask({ scope: request.scope })).rejects.toThrow('scope/system');
    expect(other.request.system).toBe('groth16');
  });

  await test.step('every request is one we know, and carries what it must and no more', () => {
    const [record] = wallet.credentials;
    const leafHolder = record === undefined ? '' : digestToHex(fieldHolder(fieldSecret(record.holder)));
    for (const sent of wire.sent) {
      expect(oddHeaders(sent)).toEqual([]);
      if (sent.method === 'POST' && isProof(sent)) {
        const { proof, root, issued, ...rest } = JSON.parse(sent.body.toString()) as TransparentProof;
        const known = { format: 'tacit-proof', v: 1, statement: 'credit-score', system: 'transparent' };
        expect(rest).toStrictEqual({ ...known, bundle: request.bundle, nullifier: mark });
        expect([root, proof.length, Object.keys(issued).sort()]).toEqual([
          expect.stringMatching(/^[0-9a-f]{64}$/),
          twinBundle().prepared.proofText,
          ['signature', 'size', 'time'],
        ]);
      } else if (sent.method === 'POST' && sent.url === `${appOrigin}/v1/issuer/credentials`)
        expect(JSON.parse(sent.body.toString())).toStrictEqual({ applicant: passing.id, holder: record?.credential.holder, leafHolder });
      else expect(isPublic(sent), `a request we do not know: ${brief(sent)}`).toBe(true);
    }
    expect(wire.sent.filter(isProof)).toHaveLength(1);
  });

  await test.step('nothing personal stands in an address, a header or a body', () => {
    const elements = [...secret].map((element) => Buffer.from(Uint32Array.of(element).buffer).toString('hex')).join('');
    const secrets = [...secretsOf(wallet, passing, PASSPHRASE), { name: 'the secret of this system', forms: [elements] }];
    // Numbers in a row are looked for wherever there are words. In 90,000 random letters some stand in a row by chance (about one in
    // 10,000 of its numbers, for four zeros), so there the search is for whole secrets; that it hides the values is proven elsewhere.
    const withoutProof = wire.sent.map((sent) => (isProof(sent) ? { ...sent, body: bodyWithoutProof(sent.body) } : sent));
    expect(leaks(withoutProof, secrets)).toEqual([]);
    const whole = secrets.map(({ name, forms }) => ({ name, forms: forms.filter((form) => typeof form === 'string') }));
    expect(leaks(wire.sent, whole)).toEqual([]);
  });
});
