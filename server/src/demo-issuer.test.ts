// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCredential, DEMO_ISSUER_NAME, holderCommitment } from '../../circuits/credit-score/index.ts';
import { fieldToHex, parseCredential } from '../../src/protocol/index.ts';
import { schemaJson } from './testing/bundle.ts';
import { type Harness, openHarness } from './testing/harness.ts';

let at: Harness;
beforeAll(async () => {
  at = await openHarness();
});
afterAll(() => at.close());

const problem = (status: number, code: string) => ({ status, json: { status, code } });

describe('the demo issuer', () => {
  const holder = { secret: fieldToHex(5n), blinding: fieldToHex(6n) };

  it('lists applicants without a single feature', async () => {
    const { json } = await at.get('/v1/issuer');
    const demo = at.services.issuers.get('demo');
    expect(json).toEqual({
      name: DEMO_ISSUER_NAME,
      demo: true,
      x: demo?.x,
      y: demo?.y,
      applicants: [{ id: 'held-out-1', label: 'Applicant 1' }],
    });
  });

  it('attests an applicant to a holder whose secret it never sees', async () => {
    const { status, json } = await at.post('/v1/issuer/credentials', { applicant: 'held-out-1', holder: holderCommitment(holder) });
    expect(status).toBe(201);
    const credential = parseCredential(json.credential);
    if (!credential.ok) throw new Error(credential.error.code);
    const issuer = at.services.issuers.get('demo');
    if (issuer === undefined) throw new Error('no demo issuer');
    const checked = checkCredential({ credential: credential.value, schema: schemaJson, issuer, holder, now: at.time.now });
    expect(checked.ok).toBe(true);
  });

  it('refuses what it does not know and what is not canonical', async () => {
    const known = holderCommitment(holder);
    expect(await at.post('/v1/issuer/credentials', { applicant: 'me', holder: known })).toMatchObject(
      problem(404, 'issuer/unknown-applicant'),
    );
    const applicant = 'held-out-1';
    expect(await at.post('/v1/issuer/credentials', { applicant, holder: 'f'.repeat(64) })).toMatchObject(problem(400, 'input/malformed'));
    expect(await at.post('/v1/issuer/credentials', { applicant })).toMatchObject(problem(400, 'input/malformed'));
  });

  it('tells the app where the demo partner is, where there is one', async () => {
    expect((await at.get('/v1/demo')).json).toEqual({});
    const demo = await openHarness({ demoPartner: 'http://localhost:8788' });
    expect((await demo.get('/v1/demo')).json).toEqual({ partner: 'http://localhost:8788' });
    await demo.close();
  });

  it('is closed unless configured', async () => {
    const closed = await openHarness({ demoIssuer: false });
    expect(await closed.get('/v1/issuer')).toMatchObject(problem(404, 'issuer/disabled'));
    expect(await closed.post('/v1/issuer/credentials', { applicant: 'held-out-1', holder: '0'.repeat(64) })).toMatchObject(
      problem(404, 'issuer/disabled'),
    );
    const request = await closed.request();
    expect(request.issuer).toMatchObject({ name: 'A bank', demo: false });
    await closed.post(`/v1/requests/${request.id}/proof`, closed.prove(request));
    expect(await closed.verdict(request.id)).toMatchObject({ result: 'accepted', assurance: 'issuer-attested' });
    const demo = at.services.issuers.get('demo');
    const asked = { ...request, issuer: demo };
    expect(await closed.post('/v1/verify', { request: asked, proof: closed.prove(asked as typeof request) })).toMatchObject(
      problem(422, 'credential/unknown-issuer'),
    );
    await closed.close();
  });
});
