// SPDX-License-Identifier: Apache-2.0
import { err, invariant, ok, type Result } from '../../src/base/index.ts';
import { type Bundle, openBundles } from '../../src/bundles/index.ts';
import { type CredentialSchema, parseCredentialSchema } from '../../src/protocol/index.ts';
import { prepareBundle, type VerifierBundle } from '../../src/verify/index.ts';
import { prepareTransparentBundle, type TransparentBundle } from '../../src/verify/transparent/index.ts';
import { readJson } from './json.ts';

/** A bundle ready to check proofs, of whichever system. */
export type AnyVerifier = VerifierBundle | TransparentBundle;

/** The proof bundles this service can check proofs of. */
export interface Verifiers {
  /** The bundle that new requests name. */
  readonly current: VerifierBundle;
  /** The one that new requests for the transparent system name; absent where the index has none. */
  readonly transparent?: TransparentBundle;
  /** The schema of the current bundle, which the demo issuer signs by. */
  readonly schema: CredentialSchema;
  /** Errors: bundle/unknown, bundle/development-keys. */
  get(hash: string): Result<AnyVerifier>;
}

/**
 * Reads every bundle below `directory` and prepares its verification key, or compiles its program. Any error means that the service must not start:
 * key/unsafe (proofs could be forged), bundle/development-keys (the current bundle's keys are not acceptable here),
 * bundle/missing, bundle/malformed, bundle/hash-mismatch.
 */
export async function openVerifiers(directory: string, acceptDevelopmentKeys: boolean): Promise<Result<Verifiers>> {
  const store = await openBundles(directory);
  if (!store.ok) return store;
  const prepared = new Map<string, AnyVerifier>();
  for (const bundle of store.value.all) {
    const verifier = await prepare(bundle);
    if (!verifier.ok) return verifier;
    prepared.set(bundle.hash, verifier.value);
  }
  const acceptable = <B extends AnyVerifier>(bundle: B): Result<B> =>
    bundle.system === 'groth16' && bundle.manifest.keys === 'development' && !acceptDevelopmentKeys
      ? err('bundle/development-keys')
      : ok(bundle);
  const get = (hash: string): Result<AnyVerifier> => {
    const bundle = prepared.get(hash);
    return bundle === undefined ? err('bundle/unknown', { bundle: hash }) : acceptable(bundle);
  };

  const newest = store.value.current('credit-score', 'groth16');
  if (!newest.ok) return newest;
  const known = prepared.get(newest.value.hash);
  invariant(known?.system === 'groth16', 'a bundle of another system than its manifest’s');
  const current = acceptable(known);
  if (!current.ok) return current;
  const twin = store.value.current('credit-score', 'transparent');
  const transparent = twin.ok ? prepared.get(twin.value.hash) : undefined;
  const bytes = await newest.value.read('schema');
  if (!bytes.ok) return bytes;
  const json = readJson(bytes.value);
  const schema = json.ok ? parseCredentialSchema(json.value) : json;
  if (!schema.ok) return schema;
  // One credential serves both systems, so one schema.
  if (twin.ok && twin.value.manifest.schema !== newest.value.manifest.schema)
    return err('bundle/malformed', { what: 'index.json: the systems’ bundles have different schemas' });
  return ok({
    current: current.value,
    ...(transparent?.system === 'transparent' ? { transparent } : {}),
    schema: schema.value,
    get,
  });
}

async function prepare(bundle: Bundle): Promise<Result<AnyVerifier>> {
  if (bundle.system === 'groth16') {
    const vkey = await bundle.read('vkey');
    return vkey.ok ? prepareBundle(bundle.manifest, vkey.value) : vkey;
  }
  const model = await bundle.read('model');
  if (!model.ok) return model;
  const schema = await bundle.read('schema');
  return schema.ok ? prepareTransparentBundle(bundle.manifest, { model: model.value, schema: schema.value }) : schema;
}
