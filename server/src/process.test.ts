// SPDX-License-Identifier: Apache-2.0
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshNullifier, proofOf } from './testing/harness.ts';
import { openSite, type Process, PUBLIC_ORIGIN, type Site } from './testing/process.ts';

// The service as it runs: processes, sockets, signals, one database file.

let site: Site;
let one: Process;
let two: Process;
beforeAll(async () => {
  site = await openSite();
  // Both start on an empty folder at once: they must agree on one key and one schema.
  [one, two] = await Promise.all([site.start(), site.start()]);
});
afterAll(() => site.close());

const prove = (request: Awaited<ReturnType<Site['place']>>, person: bigint) => proofOf(request, site.manifest, person);
const token = () => site.partner.token(PUBLIC_ORIGIN, Math.floor(Date.now() / 1000));
const kidOf = async (at: Process) => (await (await fetch(`${at.url}/.well-known/jwks.json`)).json()).keys[0].kid;

describe('two processes on one database', () => {
  it('sign with one key and see each other’s requests', async () => {
    expect(await kidOf(one)).toBe(await kidOf(two));
    const request = await site.place(one);
    expect((await fetch(`${two.url}/v1/requests/${request.id}`)).status).toBe(200);
    expect((await two.post(`/v1/requests/${request.id}/proof`, prove(request, freshNullifier()))).json).toMatchObject({
      result: 'accepted',
    });
    const read = await fetch(`${one.url}/v1/requests/${request.id}/verdict`, { headers: { authorization: `Bearer ${await token()}` } });
    expect(decodeJwt((await read.json()).verdict)).toMatchObject({ iss: PUBLIC_ORIGIN, result: 'accepted' });
  });

  it('accept one of a hundred parallel posts of one nullifier', async () => {
    const person = freshNullifier();
    const requests = await Promise.all(Array.from({ length: 50 }, () => site.place(one, { scope: 'rush' })));
    const posts = requests.flatMap((request) => {
      const proof = prove(request, person);
      return [one, two].map((at) => at.post(`/v1/requests/${request.id}/proof`, proof));
    });
    const answers = await Promise.all(posts);
    expect(answers).toHaveLength(100);
    // The same proof goes to both processes: the second to arrive is told the winner's code.
    expect(new Set(answers.flatMap(({ status, json }) => (status === 200 ? [json.code] : []))).size).toBe(1);
    const codes = new Set(answers.filter(({ status }) => status !== 200).map(({ json }) => json.code));
    for (const code of codes) expect(['nullifier/used', 'request/used', 'verifier/busy']).toContain(code);
    expect(codes).toContain('nullifier/used');
  });

  it('make one request of parallel copies of an order', async () => {
    const order = await site.partner.order(Math.floor(Date.now() / 1000));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).post('/v1/requests', { order })));
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });
});

describe('a process that is killed', () => {
  it('loses nothing it has answered, and nothing is half done', async () => {
    const victim = await site.start();
    const people = Array.from({ length: 24 }, freshNullifier);
    const requests = await Promise.all(people.map(() => site.place(victim, { scope: 'crash' })));
    let answered = 0;
    const posts = requests.map(async (request, i) => {
      const answer = await victim.post(`/v1/requests/${request.id}/proof`, prove(request, people[i] ?? 0n)).catch(() => undefined);
      if (answer?.status === 200 && ++answered === 6) victim.child.kill('SIGKILL');
      return answer?.status === 200;
    });
    const accepted = await Promise.all(posts);
    await victim.kill('SIGKILL');
    expect(answered).toBeGreaterThanOrEqual(6);
    expect(answered).toBeLessThan(24);

    const survivor = await site.start();
    for (const [i, request] of requests.entries()) {
      const { status } = await (await fetch(`${survivor.url}/v1/requests/${request.id}`)).json();
      if (accepted[i]) expect(status).toBe('accepted');
      // Spent exactly when its request is used, whether or not the answer still got out.
      const again = await site.place(survivor, { scope: 'crash' });
      const { json } = await survivor.post(`/v1/requests/${again.id}/proof`, prove(again, people[i] ?? 0n));
      expect(json.result ?? json.code).toBe(status === 'accepted' ? 'nullifier/used' : 'accepted');
    }
    await survivor.kill('SIGTERM');
  });

  it('ends by itself, after what it has begun, when it is asked to', async () => {
    const polite = await site.start();
    const request = await site.place(polite);
    const answer = polite.post(`/v1/requests/${request.id}/proof`, prove(request, freshNullifier()));
    await new Promise((wake) => setTimeout(wake, 15));
    const code = polite.kill('SIGINT');
    expect((await answer).status).toBe(200);
    expect(await code).toBe(0);
    expect(polite.output()).toContain('"stopped"');
    await expect(fetch(polite.url)).rejects.toThrow();
  });
});

describe('the wire', () => {
  const raw = (text: string, wait = 10_000): Promise<string> =>
    new Promise((done) => {
      const socket = connect(Number(new URL(one.url).port), '127.0.0.1', () => socket.write(text));
      let answer = '';
      const end = () => {
        socket.destroy();
        done(answer);
      };
      socket.on('data', (chunk) => (answer += chunk));
      socket.on('close', end).on('error', end);
      setTimeout(end, wait).unref();
    });
  const alive = async () => expect((await fetch(`${one.url}/healthz`)).status).toBe(200);

  it('answers 10 MB of random bytes with a problem and goes on', async () => {
    const bytes = Uint8Array.from({ length: 10 * 2 ** 20 }, (_, i) => (i * 2654435761) >>> 24);
    const outcome = await new Promise<number | string>((done) => {
      const post = httpRequest(`${one.url}/v1/verify`, { method: 'POST', headers: { 'content-type': 'application/json' } }, (response) => {
        response.resume();
        done(response.statusCode ?? 0);
      });
      post.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? ''));
      post.end(bytes);
    });
    // The answer may find the sender still sending: then the connection is cut.
    expect([413, 'EPIPE', 'ECONNRESET']).toContain(outcome);
    await alive();
  });

  it.each([
    ['nonsense', 'hello\r\n\r\n'],
    ['a Host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n'],
    ['no Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['two lengths', 'POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    ['length and chunks', 'POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a header of 32 kB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(32_768)}\r\n\r\n`],
    ['a header with a line break', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\nY: b\r\n\r\n'],
    ['a path above the root', 'GET /../../../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ])('survives %s', async (_, text) => {
    const answer = await raw(text);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toMatch(/root:|node_modules|\.ts|at Object/);
    await alive();
  });

  it('never lets a Host header name itself in an answer', async () => {
    const answer = await raw(
      'GET /v1/nothing HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toContain(`${PUBLIC_ORIGIN}/errors#verifier/not-found`);
    expect(answer).not.toContain('evil');
  });
});

describe('starting', () => {
  it('refuses a key with which anybody could forge proofs', async () => {
    const unsafe = await openSite({ unsafe: true });
    const { code, output } = await unsafe.run([]);
    expect(code).toBe(1);
    expect(output).toContain('The verifier does not start. The verification key is unsafe');
    await unsafe.close();
  });

  it('refuses a port in use, an unknown command, and says why', async () => {
    const [port, command, config] = await Promise.all([
      site.run([], { TACIT_PORT: new URL(one.url).port }),
      site.run(['explode']),
      site.run([], { TACIT_CONFIG: '/nowhere/config.json' }),
    ]);
    expect(port).toMatchObject({ code: 1, output: expect.stringContaining('is in use') });
    expect(command).toMatchObject({ code: 1, output: expect.stringContaining('rotate-keys') });
    expect(config).toMatchObject({ code: 1, output: expect.stringContaining('TACIT_CONFIG') });
  });

  it('rotates its key, and still publishes the old one', async () => {
    const old = await kidOf(one);
    expect(await site.run(['rotate-keys'])).toMatchObject({ code: 0 });
    const fresh = await site.start();
    const { keys } = await (await fetch(`${fresh.url}/.well-known/jwks.json`)).json();
    expect(keys).toHaveLength(2);
    expect(keys[1].kid).toBe(old);
    await fresh.kill('SIGTERM');
  });
});
