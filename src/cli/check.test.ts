// `tacit verify` and `tacit inspect`, on proofs of a simulated setup.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoIssuerKey, issuerPublicKey } from '../../circuits/credit-score/index.ts';
import { fieldToHex, type ProofRequest } from '../protocol/index.ts';
import { sampleRequest } from '../verify/testing/index.ts';
import { makeSandbox, NOW, type Sandbox, tacit, tacitProcess } from './testing/index.ts';

let at: Sandbox;
let request: ProofRequest;
let proofFile: string;
const nullifier = 77n;

const fileOf = (asked: ProofRequest, change: object = {}) => ({
  format: 'tacit-proof-file',
  v: 1,
  request: asked,
  proof: { ...at.bundle.prove(asked, nullifier), ...change },
});
const run = (...args: string[]) => tacit(at.bundles, ...args);
const codeOf = async (...args: string[]) => {
  const { exit, out } = await run(...args, '--json');
  const answer = JSON.parse(out) as { result: string; error?: { code: string; sentence: string } };
  return [exit, answer.result, answer.error?.code];
};

beforeAll(async () => {
  at = await makeSandbox();
  request = sampleRequest(at.bundle.hash);
  proofFile = await at.file('proof.json', fileOf(request));
});
afterAll(() => at.done());

describe('tacit verify', () => {
  it('accepts an honest proof', async () => {
    const { exit, out, err } = await run('verify', proofFile);
    expect([exit, err]).toEqual([0, '']);
    expect(out).toContain('accepted');
    expect(out).toContain(fieldToHex(nullifier));
    expect(out).toContain('demo-attested, development keys');
    expect(JSON.parse((await run('verify', proofFile, '--json')).out)).toEqual({
      result: 'accepted',
      nullifier: fieldToHex(nullifier),
      bundle: at.bundle.hash,
      system: 'groth16',
      keys: 'development',
      assurance: 'demo-attested',
      signed: false,
      selfMade: false,
      expired: false,
    });
  });

  it('says that a request has expired', async () => {
    const past = sampleRequest(at.bundle.hash, { expiresAt: NOW });
    const { exit, out } = await run('verify', await at.file('past.json', fileOf(past)), '--json');
    expect([exit, JSON.parse(out)]).toMatchObject([0, { expired: true }]);
  });

  it('takes nobody’s word for an issuer: a file can name any key a bureau’s', async () => {
    const bureau = { ...request.issuer, name: 'The Bureau', demo: false };
    const own = await at.file('own-issuer.json', fileOf(sampleRequest(at.bundle.hash, { issuer: bureau })));
    expect(JSON.parse((await run('verify', own, '--json')).out)).toMatchObject({ assurance: 'self-asserted', signed: false });
    expect((await run('verify', own)).out).toContain('No signature over the request was checked');
    expect((await run('inspect', own)).out).toContain('self-asserted');
    const key = issuerPublicKey(demoIssuerKey());
    const renamed = await at.file('renamed-demo.json', fileOf(sampleRequest(at.bundle.hash, { issuer: { ...bureau, ...key } })));
    expect(JSON.parse((await run('verify', renamed, '--json')).out)).toMatchObject({ assurance: 'demo-attested' });
    expect((await run('inspect', renamed)).out).toContain('demo-attested');
  });

  it('refuses development keys on demand', async () => {
    expect(await codeOf('verify', proofFile, '--ceremony-only')).toEqual([1, 'rejected', 'bundle/development-keys']);
  });

  it('refuses what is wrong with the proof, with exit 1 and its code', async () => {
    const honest = at.bundle.prove(request, nullifier);
    const other = sampleRequest(at.bundle.hash, { nonce: 'ff'.repeat(32) });
    const flipped = `${honest.points.slice(0, -1)}${honest.points.endsWith('0') ? '1' : '0'}`;
    const cases: [unknown, string][] = [
      ['', 'proof/malformed'],
      ['{', 'proof/malformed'],
      [new Uint8Array([0x22, 0xff, 0x22]), 'proof/malformed'],
      ['[]', 'proof/malformed'],
      ['['.repeat(60_000), 'proof/malformed'],
      [`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'proof/malformed'],
      [honest, 'proof/malformed'],
      [new Uint8Array(10_000_000).map((_, i) => (i * 2654435761) >>> 24), 'input/too-large'],
      [{ ...fileOf(request), v: 2 }, 'proof/version'],
      [fileOf(request, { v: 2 }), 'proof/version'],
      [fileOf(request, { points: honest.points.slice(2) }), 'proof/malformed'],
      [fileOf(request, { points: flipped }), 'proof/not-on-curve'],
      [fileOf(request, { points: at.bundle.prove(other, nullifier).points }), 'proof/invalid'],
      [fileOf(request, { publicSignals: honest.publicSignals.slice(1) }), 'proof/signal-count'],
      [fileOf(request, { publicSignals: [...honest.publicSignals, '00'.repeat(32)] }), 'proof/signal-count'],
      [fileOf(request, { publicSignals: honest.publicSignals.with(5, 'ff'.repeat(32)) }), 'proof/non-canonical'],
      [{ ...fileOf(request), request: other }, 'request/mismatch'],
      [{ ...fileOf(request), request: { ...request, expiresAt: 0 } }, 'request/malformed'],
      [fileOf(request, { bundle: 'ab'.repeat(32) }), 'bundle/unknown'],
      [{ ...fileOf(request), request: { ...request, bundle: 'ab'.repeat(32) } }, 'bundle/unknown'],
    ];
    for (const [value, code] of cases) expect(await codeOf('verify', await at.file('bad.json', value))).toEqual([1, 'rejected', code]);
    const { exit, out, err } = await run('verify', await at.file('bad.json', fileOf(request, { points: flipped })));
    expect([exit, out]).toEqual([1, '']);
    expect(err).toMatch(/^rejected: The point C .* \[proof\/not-on-curve\]\n$/);
  });

  it('tells bad use from a bad proof, with exit 2', async () => {
    expect(await codeOf('verify', join(at.dir, 'none.json'))).toEqual([2, 'error', 'cli/file']);
    expect(await codeOf('verify', at.dir)).toEqual([2, 'error', 'cli/file']);
    expect(await codeOf('verify')).toEqual([2, 'error', 'cli/usage']);
    expect(await codeOf('verify', proofFile, proofFile)).toEqual([2, 'error', 'cli/usage']);
    expect(await codeOf('verify', proofFile, '--speed')).toEqual([2, 'error', 'cli/usage']);
    expect(await codeOf('verify', proofFile, '--jwks', proofFile)).toEqual([2, 'error', 'cli/usage']);
    expect(await codeOf('verify', proofFile, '--bundles', at.dir)).toEqual([2, 'error', 'bundle/missing']);
    expect((await run('verify')).err).toBe('error: Give one file: tacit verify PROOF. See tacit --help. [cli/usage]\n');
  });

  it('reads at most its limit of an endless file', async () => {
    expect(await codeOf('verify', '/dev/zero')).toEqual([1, 'rejected', 'input/too-large']);
  });
});

describe('tacit verify --request', () => {
  const sign = async (asked: ProofRequest, header: object = {}, keyId?: string) => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    const jwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    const signed = { ...asked, verifier: { ...asked.verifier, keyId: keyId ?? kid } };
    const jws = await new CompactSign(new TextEncoder().encode(JSON.stringify(signed)))
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'tacit-request+jwt', ...header })
      .sign(privateKey);
    return {
      jws,
      signed,
      jwks: {
        keys: [
          { kty: 'EC', crv: 'P-256', x: 'a', y: 'b' },
          { ...jwk, kid, alg: 'EdDSA', use: 'sig' },
        ],
      },
    };
  };

  it('takes the request from elsewhere, and then the bare proof too', async () => {
    const asked = await at.file('request.json', request);
    expect(await codeOf('verify', proofFile, '--request', asked)).toEqual([0, 'accepted', undefined]);
    const bare = await at.file('bare.json', at.bundle.prove(request, nullifier));
    expect(await codeOf('verify', bare, '--request', asked)).toEqual([0, 'accepted', undefined]);
    const other = await at.file('other.json', sampleRequest(at.bundle.hash, { scope: 'other' }));
    expect(await codeOf('verify', proofFile, '--request', other)).toEqual([1, 'rejected', 'request/mismatch']);
    expect(await codeOf('verify', proofFile, '--request', await at.file('no.json', '{}'))).toEqual([1, 'rejected', 'request/malformed']);
  });

  it('takes the issuer from a request that its verifier signed, and from no other', async () => {
    const { jws, signed, jwks } = await sign(sampleRequest(at.bundle.hash, { issuer: { ...request.issuer, demo: false } }));
    const proof = await at.file('real-issuer.json', fileOf(signed));
    const keys = await at.file('real-jwks.json', jwks);
    const said = async (asked: unknown) =>
      JSON.parse((await run('verify', proof, '--request', await at.file('real', asked), '--jwks', keys, '--json')).out);
    expect(await said(jws)).toMatchObject({ assurance: 'issuer-attested', signed: true });
    expect(await said(signed)).toMatchObject({ assurance: 'self-asserted', signed: false });
  });

  it('checks the signature of a signed one', async () => {
    const { jws, signed, jwks } = await sign(request);
    const proof = await at.file('signed-proof.json', fileOf(signed));
    const keys = await at.file('jwks.json', jwks);
    for (const text of [jws, `${jws}\n`, JSON.stringify(jws)])
      expect(await codeOf('verify', proof, '--request', await at.file('request.jws', text), '--jwks', keys)).toEqual([
        0,
        'accepted',
        undefined,
      ]);
    expect(await codeOf('verify', proof, '--request', await at.file('request.jws', jws))).toEqual([2, 'error', 'cli/usage']);

    const refuse = async (text: string, keyFile: string) =>
      expect(await codeOf('verify', proof, '--request', await at.file('request.jws', text), '--jwks', keyFile)).toEqual([
        1,
        'rejected',
        'request/signature',
      ]);
    const [header, , signature] = jws.split('.');
    const changed = Buffer.from(JSON.stringify({ ...signed, scope: 'other' })).toString('base64url');
    await refuse(`${header}.${changed}.${signature}`, keys);
    await refuse((await sign(request)).jws, keys);
    const wrongType = await sign(request, { typ: 'JWT' });
    await refuse(wrongType.jws, await at.file('wrong.json', wrongType.jwks));
    const foreign = await sign(request, {}, 'x'.repeat(43)); // well signed, by a key the request does not name
    await refuse(foreign.jws, await at.file('foreign.json', foreign.jwks));
    const unsigned = `${Buffer.from('{"alg":"none","typ":"tacit-request+jwt"}').toString('base64url')}.${jws.split('.')[1]}.AA`;
    await refuse(unsigned, keys);
    await refuse(jws, await at.file('empty.json', { keys: [] }));
    expect(await codeOf('verify', proof, '--request', await at.file('r.jws', jws), '--jwks', await at.file('x.json', '{}'))).toEqual([
      1,
      'rejected',
      'input/malformed',
    ]);
  });
});

describe('tacit inspect', () => {
  it('says in plain words what is shown and what is not', async () => {
    const { exit, out } = await run('inspect', proofFile);
    expect(exit).toBe(0);
    for (const part of [
      'This proof holds.',
      'It shows that',
      'What it does not show',
      'Acme Bank (acme-bank), on https://acme.example, in the scope “car-loan”',
      'demo-attested',
      'development: made by one party',
      'score at least -1200: an estimated chance of repaying of at least 46.3 %',
      fieldToHex(nullifier),
      at.bundle.hash,
      at.bundle.manifest.model,
    ])
      expect(out).toContain(part);
    expect(JSON.parse((await run('inspect', proofFile, '--json')).out)).toMatchObject({
      result: 'accepted',
      nullifier: fieldToHex(nullifier),
      request: { partner: { id: 'acme-bank' }, selfMade: false, expired: false },
      policy: { threshold: -1200, chance: '46.3 %' },
      keys: 'development',
      assurance: 'demo-attested',
    });
  });

  it('claims nothing for a proof that does not hold', async () => {
    const other = sampleRequest(at.bundle.hash, { scope: 'other' });
    const wrong = await at.file('wrong.json', { ...fileOf(request), request: other });
    const { exit, out } = await run('inspect', wrong);
    expect(exit).toBe(1);
    expect(out).toContain('does NOT hold');
    expect(out).toContain('[request/mismatch]');
    expect(out).not.toContain('It shows that');
    expect(out).not.toContain(fieldToHex(nullifier));
    const unknown = await run('inspect', await at.file('unknown.json', fileOf(request, { bundle: 'ab'.repeat(32) })));
    expect([unknown.exit, unknown.out.includes('not known here')]).toEqual([1, true]);
  });
});

describe('a damaged installation', () => {
  it('is told from a bad proof: changed key, unsafe key, missing file', async () => {
    const broken = await makeSandbox((key) => ({ ...key, vk_delta_2: key.vk_gamma_2 }));
    const asked = sampleRequest(broken.bundle.hash);
    const file = await broken.file('proof.json', { ...fileOf(asked), proof: broken.bundle.prove(asked, nullifier) });
    const code = async () => {
      const { exit, out } = await tacit(broken.bundles, 'verify', file, '--json');
      return [exit, (JSON.parse(out) as { error: { code: string } }).error.code];
    };
    expect(await code()).toEqual([2, 'key/unsafe']);
    const vkey = join(broken.folder, broken.bundle.manifest.artefacts.vkey.file);
    await writeFile(vkey, 'changed');
    expect(await code()).toEqual([2, 'bundle/hash-mismatch']);
    await rm(vkey);
    expect(await code()).toEqual([2, 'bundle/missing']);
    await writeFile(join(broken.bundles, 'index.json'), '{}');
    expect(await code()).toEqual([2, 'bundle/malformed']);
    await broken.done();
  });
});

describe('the real program', () => {
  it('exits with 0, 1 and 2, from any folder', async () => {
    const env = { TACIT_BUNDLES: at.bundles };
    const accepted = await tacitProcess(at.dir, env, 'verify', 'proof.json');
    expect([accepted.exit, accepted.err]).toEqual([0, '']);
    await at.file('rejected.json', fileOf(request, { publicSignals: [] }));
    expect((await tacitProcess(at.dir, env, 'verify', 'rejected.json')).exit).toBe(1);
    expect((await tacitProcess(at.dir, env, 'verify', 'none.json')).exit).toBe(2);
    expect((await tacitProcess(at.dir, env)).exit).toBe(2);
  });

  it('may be started by name', async () => {
    const { mode } = await import('node:fs').then(({ statSync }) => statSync(new URL('./tacit.mjs', import.meta.url)));
    expect(mode & 0o111).not.toBe(0);
  });
});
