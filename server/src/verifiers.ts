// SPDX-License-Identifier: Apache-2.0
import { err, ok, type Result } from '../../src/base/index.ts';
import { openBundles } from '../../src/bundles/index.ts';
import { type CredentialSchema, parseCredentialSchema } from '../../src/protocol/index.ts';
import { prepareBundle, type VerifierBundle } from '../../src/verify/index.ts';
import { readJson } from './json.ts';

/** The proof bundles this service can check proofs of. */
export interface Verifiers {
  /** The bundle that new requests name. */
  readonly current: VerifierBundle;
  /** The schema of the current bundle, which the demo issuer signs by. */
  readonly schema: CredentialSchema;
  /** Errors: bundle/unknown, bundle/development-keys. */
  get(hash: string): Result<VerifierBundle>;
}

/**
 * Reads every bundle below `directory` and prepares its verification key. Any error means that the service must not start:
 * key/unsafe (proofs could be forged), bundle/development-keys (the current bundle's keys are not acceptable here),
 * bundle/missing, bundle/malformed, bundle/hash-mismatch.
 */
export async function openVerifiers(directory: string, acceptDevelopmentKeys: boolean): Promise<Result<Verifiers>> {
  const store = await openBundles(directory);
  if (!store.ok) return store;
  const prepared = new Map<string, VerifierBundle>();
  for (const bundle of store.value.all) {
    const vkey = await bundle.read('vkey');
    if (!vkey.ok) return vkey;
    const verifier = prepareBundle(bundle.manifest, vkey.value);
    if (!verifier.ok) return verifier;
    prepared.set(bundle.hash, verifier.value);
  }
  const get = (hash: string): Result<VerifierBundle> => {
    const bundle = prepared.get(hash);
    if (bundle === undefined) return err('bundle/unknown', { bundle: hash });
    return bundle.manifest.keys === 'development' && !acceptDevelopmentKeys ? err('bundle/development-keys') : ok(bundle);
  };

  const newest = store.value.current('credit-score');
  if (!newest.ok) return newest;
  const current = get(newest.value.hash);
  if (!current.ok) return current;
  const bytes = await newest.value.read('schema');
  if (!bytes.ok) return bytes;
  const json = readJson(bytes.value);
  const schema = json.ok ? parseCredentialSchema(json.value) : json;
  return schema.ok ? ok({ current: current.value, schema: schema.value, get }) : schema;
}
