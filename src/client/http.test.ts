import { describe, expect, it } from 'vitest';
import { codeOf } from '../vault/testing/samples.ts';
import { mayPass } from './index.ts';
import { json, network, problem } from './testing/fakes.ts';

const get = { purpose: 'issuer-list', method: 'GET', path: '/v1/issuer' } as const;

describe('calls to the verifier', () => {
  it('reads JSON, and records every call before it is sent, with its bytes', async () => {
    const net = network();
    const seen: number[] = [];
    net.ledger.subscribe(() => seen.push(net.ledger.entries().length));
    net.routes.set('GET /v1/issuer', () => json({ a: 1 }));
    expect(await net.http.json(get)).toEqual({ ok: true, value: { a: 1 } });
    net.online = false;
    await net.http.json({ purpose: 'proof', method: 'POST', path: '/v1/x', body: '{"é":1}' });
    expect(net.ledger.entries()).toEqual([
      { at: net.now, purpose: 'issuer-list', method: 'GET', url: '/v1/issuer', bytes: 10, body: '' },
      { at: net.now, purpose: 'proof', method: 'POST', url: '/v1/x', bytes: 5 + 8, body: '{"é":1}' },
    ]);
    expect(seen).toEqual([1, 2]);
    expect(JSON.parse(net.ledger.export()).entries).toHaveLength(2);
  });

  it.each([
    ['network/offline', undefined, false, true],
    ['verifier/unavailable', undefined, true, true],
    ['verifier/unavailable', () => new Response('<html>Log in to the café</html>', { status: 200 }), true, true],
    ['verifier/unavailable', () => new Response('Bad gateway', { status: 502 }), true, true],
    ['verifier/unavailable', () => json({ code: 'made/up' }, 404), true, true],
    ['verifier/unavailable', () => new Response('x'.repeat(3_000_000), { status: 200 }), true, true],
    ['verifier/timeout', () => problem('verifier/timeout'), true, true],
    ['internal/error', () => problem('internal/error'), true, true],
    ['proof/invalid', () => problem('proof/invalid'), true, false],
    ['request/used', () => problem('request/used'), true, false],
    ['nullifier/used', () => problem('nullifier/used'), true, false],
    ['request/too-many-attempts', () => problem('request/too-many-attempts'), true, false],
  ] as const)('%s', async (code, handler, online, passing) => {
    const net = network();
    net.online = online;
    if (handler !== undefined) net.routes.set('GET /v1/issuer', handler);
    const answer = await net.http.json(get);
    expect(codeOf(answer)).toBe(code);
    expect(!answer.ok && mayPass(answer.error)).toBe(passing);
  });

  it('takes the seconds to wait from the verifier', async () => {
    const net = network();
    net.routes.set('GET /v1/issuer', () => problem('verifier/busy', {}, { 'retry-after': '7' }));
    expect(await net.http.json(get)).toEqual({ ok: false, error: { code: 'verifier/busy', params: { seconds: 7 } } });
    net.routes.set('GET /v1/issuer', () => new Response('slow down', { status: 429, headers: { 'retry-after': 'tomorrow' } }));
    expect(await net.http.json(get)).toEqual({ ok: false, error: { code: 'verifier/busy', params: { seconds: 5 } } });
  });

  it('is cancelled by the caller', async () => {
    const net = network();
    net.routes.set('GET /v1/issuer', () => json({}));
    expect(codeOf(await net.http.json({ ...get, signal: AbortSignal.abort() }))).toBe('job/cancelled');
  });

  it('goes by the verifier’s clock when the device’s is wrong', async () => {
    const net = network();
    const hour = 3_600_000;
    net.routes.set('GET /v1/issuer', () => json({}, 200, { date: new Date(net.now + hour).toUTCString() }));
    expect(net.http.now()).toBe(net.now);
    await net.http.json(get);
    expect(Math.abs(net.http.now() - net.now - hour)).toBeLessThan(1_001);
    net.routes.set('GET /v1/issuer', () => json({}, 200, { date: new Date(net.now + 900).toUTCString() }));
    await net.http.json(get);
    expect(net.http.now()).toBe(net.now);
  });
});
