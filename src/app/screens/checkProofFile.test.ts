import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { err, ok } from '../../base/index.ts';
import type { Client } from '../../client/index.ts';
import { type ArtefactName, type BundleManifest, parseBundleIndex, parseBundleManifest } from '../../protocol/index.ts';
import { must, proof, request } from '../../vault/testing/samples.ts';
import { checkProofFile, MAX_PROOF_FILE_BYTES } from './checkProofFile.ts';

const folder = new URL('../../../public/bundles/', import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, folder), 'utf8'));
const hash = must(parseBundleIndex(json('index.json'))).bundles[0]?.bundle ?? '';
const manifest = must(parseBundleManifest(json(`${hash}/manifest.json`), hash));

/** The published bundle from disk; of the client, only what this reads. */
const client = {
  bundles: {
    manifest: async (name: string) => (name === hash ? ok(manifest) : err('bundle/unknown', { bundle: name })),
    ensure: async () => ok(undefined),
    read: async (_: BundleManifest, name: ArtefactName) =>
      ok(new Uint8Array(readFileSync(new URL(`${hash}/${manifest.artefacts[name].file}`, folder)))),
  },
} as unknown as Client;

const file = { format: 'tacit-proof-file', v: 1, request: { ...request(), bundle: hash }, proof: { ...proof, bundle: hash } };
const check = async (value: unknown) => {
  const result = await checkProofFile(client, typeof value === 'string' ? value : JSON.stringify(value));
  return result.ok ? 'ok' : result.error.code;
};

describe('checkProofFile', () => {
  it('refuses with the reason, whatever it is given', async () => {
    expect(await check(' '.repeat(MAX_PROOF_FILE_BYTES + 1))).toBe('input/too-large');
    expect(await check('[')).toBe('input/malformed');
    expect(await check('{}')).toBe('proof/malformed');
    expect(await check({ ...file, proof: { ...file.proof, bundle: '11'.repeat(32) } })).toBe('bundle/unknown');
    expect(await check(file)).toBe('proof/signal-count');
    const ones = Array.from({ length: manifest.publicSignals.length }, () => `${'00'.repeat(31)}01`);
    expect(await check({ ...file, proof: { ...file.proof, publicSignals: ones } })).toBe('request/mismatch');
    expect(await check({ ...file, proof: { ...file.proof, publicSignals: ones.with(0, 'ff'.repeat(32)) } })).toBe('proof/non-canonical');
  });
});
