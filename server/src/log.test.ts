// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { holderCommitment } from '../../circuits/credit-score/index.ts';
import { InvariantError } from '../../src/base/index.ts';
import { fieldToHex } from '../../src/protocol/index.ts';
import { traceOf } from './log.ts';
import { freshNullifier, ORIGIN, openHarness } from './testing/harness.ts';

describe('the log', () => {
  it('holds no proof, feature, secret, nullifier, token, address or id of a whole day’s work', async () => {
    const at = await openHarness();
    const holder = { secret: fieldToHex(12345n), blinding: fieldToHex(67890n) };
    const commitment = holderCommitment(holder);
    const issued = await at.post('/v1/issuer/credentials', { applicant: 'held-out-1', holder: commitment });
    await at.post('/v1/issuer/credentials', { applicant: 'someone-unknown', holder: commitment });
    const order = await at.partner.order(at.time.now);
    const placed = await at.post('/v1/requests', { order });
    await at.post('/v1/requests', { order: `${order.slice(0, -3)}AAA` });
    const request = await at.request();
    const nullifier = freshNullifier();
    const proof = at.prove(request, nullifier);
    await at.post(`/v1/requests/${request.id}/proof`, { ...proof, points: 'ab'.repeat(256) });
    await at.post(`/v1/requests/${request.id}/proof`, { ...proof, income: 777_777 });
    const { code } = (await at.post(`/v1/requests/${request.id}/proof`, proof)).json;
    expect(code).toMatch(/^[0-9a-f]{32}$/);
    await at.post(`/v1/requests/${request.id}/proof`, proof);
    await at.post('/v1/verify', { request, proof });
    const token = await at.partner.token(ORIGIN, at.time.now);
    await at.fetch(`/v1/requests/${request.id}/verdict`, {
      headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': '203.0.113.7' },
    });
    await at.fetch('/made/up/by/a/stranger?income=777777', { headers: { 'user-agent': 'Browser/1', referer: 'https://private.example/' } });
    at.services.store.request = () => Promise.reject(new Error(`constraint failed near ${fieldToHex(nullifier)}`));
    await at.get(`/v1/requests/${request.id}`);
    const log = at.logged.join('');
    expect(at.logged.length).toBeGreaterThan(11);

    const secrets = {
      points: proof.points.slice(0, 32),
      tampered: 'abababab',
      signal: proof.publicSignals[4],
      nullifier: fieldToHex(nullifier).slice(4, 40),
      secret: holder.secret.slice(-8),
      commitment: commitment.slice(0, 16),
      signature: issued.json.credential.signature.s.slice(0, 16),
      order: order.split('.')[2]?.slice(0, 16),
      request: placed.json.request.slice(0, 40),
      token: token.split('.')[2]?.slice(0, 16),
      id: request.id,
      code: code.slice(0, 12),
      nonce: request.nonce.slice(0, 16),
      invented: '777',
      applicant: 'someone',
      address: '203.0.113',
      agent: 'Browser',
      referer: 'private.example',
      path: 'stranger',
    };
    for (const [what, text] of Object.entries(secrets)) expect([what, log.includes(text ?? 'absent')]).toEqual([what, false]);

    const known = ['level', 'time', 'service', 'method', 'route', 'status', 'code', 'ms', 'msg', 'name', 'frames'];
    for (const line of at.logged) for (const key of Object.keys(JSON.parse(line))) expect(known).toContain(key);
    expect(log).toContain('"route":"/v1/requests/:id/proof","status":200');
    expect(log).toContain('"code":"proof/non-canonical"');
    expect(log).not.toMatch(/"(?:pid|hostname)"/);
    await at.close();
  });

  it('tells where an unexpected error came from, and what it says only when the words are ours', () => {
    expect(traceOf(new InvariantError('ours'))).toMatchObject({ name: 'InvariantError', message: 'ours' });
    const foreign = traceOf(Object.assign(new SyntaxError('Unexpected token in {"income":12}'), { code: 'X' }));
    expect(foreign).toMatchObject({ name: 'SyntaxError', code: 'X' });
    expect(JSON.stringify(foreign)).not.toContain('income');
    expect(JSON.stringify(foreign)).toContain('log.test.ts');
    expect(traceOf('text')).toEqual({ name: 'string' });
  });
});
