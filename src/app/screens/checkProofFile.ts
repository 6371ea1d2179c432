import { err, ok, type Result } from '../../base/index.ts';
import type { Client } from '../../client/index.ts';
import { type ProofFile, parseProofFile } from '../../protocol/index.ts';
import { loadPublished, type Published } from '../state/model.ts';

/** A proof file is a few kilobytes; what is longer is not read. */
export const MAX_PROOF_FILE_BYTES = 64 * 1024;

export interface CheckedProof {
  readonly file: ProofFile;
  readonly published: Published;
  readonly nullifier: string;
  /** Bytes of the file. */
  readonly bytes: number;
  /** Milliseconds of the check itself. */
  readonly took: number;
}

/**
 * Reads and verifies a proof file on this device, with the published key of the bundle it names (kept, so it works offline).
 * Codes: input/too-large, input/malformed, proof/*, request/mismatch, bundle/*, key/unsafe.
 */
export async function checkProofFile(client: Client, text: string): Promise<Result<CheckedProof>> {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_PROOF_FILE_BYTES) return err('input/too-large', { limit: '64 kB' });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err('input/malformed', { what: 'not JSON' });
  }
  const file = parseProofFile(value);
  if (!file.ok) return file;
  const { request, proof } = file.value;
  const manifest = await client.bundles.manifest(proof.bundle);
  if (!manifest.ok) return manifest;
  const published = await loadPublished(client, manifest.value);
  if (!published.ok) return published;
  const present = await client.bundles.ensure(manifest.value, ['vkey']);
  if (!present.ok) return present;
  const key = await client.bundles.read(manifest.value, 'vkey');
  if (!key.ok) return key;
  // Loaded here, so that the pairing arithmetic is no part of the first page.
  const { prepareBundle, verifyProof } = await import('../../verify/index.ts');
  const bundle = prepareBundle(manifest.value, key.value);
  if (!bundle.ok) return bundle;
  const started = performance.now();
  const verified = verifyProof(bundle.value, request, proof);
  const took = performance.now() - started;
  if (!verified.ok) return verified;
  return ok({ file: file.value, published: published.value, nullifier: verified.value.nullifier, bytes, took });
}
