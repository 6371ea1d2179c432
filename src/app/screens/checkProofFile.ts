import { err, ok, type Result } from '../../base/index.ts';
import type { Client } from '../../client/index.ts';
import { type AnyManifest, type ProofFile, parseProofFile } from '../../protocol/index.ts';
import { loadPublished, type Published } from '../state/model.ts';

/** A proof file has 2 kB, one of the transparent system about 92; what is longer is not read. */
export const MAX_PROOF_FILE_BYTES = 256 * 1024;

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
 * Reads and verifies a proof file on this device, with the published key, or the program, of the bundle it names
 * (kept, so it works offline). Codes: input/too-large, input/malformed, proof/*, request/mismatch, registry/signature, bundle/*, key/unsafe.
 */
export async function checkProofFile(client: Client, text: string): Promise<Result<CheckedProof>> {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_PROOF_FILE_BYTES) return err('input/too-large', { limit: '256 kB' });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err('input/malformed', { what: 'not JSON' });
  }
  const file = parseProofFile(value);
  if (!file.ok) return file;
  const { proof } = file.value;
  const manifest = await client.bundles.manifest(proof.bundle);
  if (!manifest.ok) return manifest;
  const published = await loadPublished(client, manifest.value);
  if (!published.ok) return published;
  const started = performance.now();
  const verified = await verifyHere(client, manifest.value, file.value);
  const took = performance.now() - started;
  if (!verified.ok) return verified;
  return ok({ file: file.value, published: published.value, nullifier: verified.value.nullifier, bytes, took });
}

/** The code of either verifier is loaded here, so that it is no part of the first page. */
async function verifyHere(client: Client, manifest: AnyManifest, { request, proof }: ProofFile): Promise<Result<{ nullifier: string }>> {
  if (manifest.system === 'transparent') {
    const [model, schema] = [await client.bundles.read(manifest, 'model'), await client.bundles.read(manifest, 'schema')];
    if (!model.ok) return model;
    if (!schema.ok) return schema;
    const { prepareTransparentBundle, verifyTransparentProof } = await import('../../verify/transparent/index.ts');
    const bundle = prepareTransparentBundle(manifest, { model: model.value, schema: schema.value });
    return bundle.ok ? verifyTransparentProof(bundle.value, request, proof) : bundle;
  }
  const present = await client.bundles.ensure(manifest, ['vkey']);
  if (!present.ok) return present;
  const key = await client.bundles.read(manifest, 'vkey');
  if (!key.ok) return key;
  const { prepareBundle, verifyProof } = await import('../../verify/index.ts');
  const bundle = prepareBundle(manifest, key.value);
  return bundle.ok ? verifyProof(bundle.value, request, proof) : bundle;
}
