// SPDX-License-Identifier: Apache-2.0
import { expectedSignals, PUBLIC_SIGNALS } from '../../circuits/credit-score/statement.ts';
import { err, fromHex, type Hash32, ok, type Result } from '../base/index.ts';
import {
  type BundleManifest,
  bundleHash,
  checkArtefact,
  fieldToHex,
  hexToField,
  type ProofEnvelope,
  type ProofRequest,
  parseProofEnvelope,
  parseProofRequest,
} from '../protocol/index.ts';
import { holds, MAX_KEY_BYTES, type PreparedKey, parseVerificationKey, prepareKey, readProof } from './groth16/index.ts';

/** A bundle whose verification key has been read and found sound. Made by {@link prepareBundle} alone; keep it, it costs about 50 ms. */
export interface VerifierBundle {
  readonly system: 'groth16';
  readonly hash: Hash32;
  readonly manifest: BundleManifest;
  readonly key: PreparedKey;
}

/**
 * Reads the verification key of a bundle: `vkeyBytes` is the artefact `vkey` as published. The caller has read `manifest` with
 * parseBundleManifest, and decides whether it accepts development keys. Errors: bundle/hash-mismatch when these are not the bytes
 * the manifest names; bundle/malformed when key or manifest do not fit the statement; key/unsafe when proofs could be forged.
 */
export function prepareBundle(manifest: BundleManifest, vkeyBytes: Uint8Array): Result<VerifierBundle> {
  if (vkeyBytes.length > MAX_KEY_BYTES) return err('bundle/malformed', { what: 'verification key: too large' });
  const checked = checkArtefact(manifest.artefacts.vkey, vkeyBytes);
  if (!checked.ok) return checked;
  // A manifest that drops or moves a signal would leave it unbound, so the list must be the statement's own.
  if (manifest.publicSignals.join() !== PUBLIC_SIGNALS.join())
    return err('bundle/malformed', { what: `publicSignals: not those of ${manifest.statement}` });
  const key = parseVerificationKey(checked.value, manifest.publicSignals.length);
  return key.ok ? ok({ system: 'groth16', hash: bundleHash(manifest), manifest, key: prepareKey(key.value) }) : key;
}

/**
 * Whether `proof` answers `request`: the bundle is the one both name, every public signal is the one the request and the bundle demand,
 * and the proof holds. Total on any input, in bounded work (about 20 ms for a well-formed proof, far less for any other).
 *
 * The answer is the nullifier (64 hex characters), one per person and scope. Duties of the caller: the request is one he made or whose
 * signature he checked, has not expired and has not been answered; the nullifier is new in this scope. Proofs are malleable by design
 * of Groth16 (anybody can re-randomise one), so never tell answers apart by the proof's bytes.
 *
 * Errors, in the order they are looked for: request/malformed, proof/malformed, proof/version, bundle/unknown, proof/signal-count,
 * proof/non-canonical, request/mismatch, proof/not-on-curve, proof/invalid.
 */
export function verifyProof(bundle: VerifierBundle, request: ProofRequest, proof: ProofEnvelope): Result<{ nullifier: string }> {
  const asked = parseProofRequest(request);
  if (!asked.ok) return asked;
  const envelope = parseProofEnvelope(proof);
  if (!envelope.ok) return envelope;
  if (asked.value.system !== 'groth16' || envelope.value.system !== 'groth16') return err('request/mismatch', { signal: 'system' });
  for (const named of [asked.value.bundle, envelope.value.bundle])
    if (named !== bundle.hash) return err('bundle/unknown', { bundle: named });

  const signals = readSignals(envelope.value.publicSignals);
  if (!signals.ok) return signals;
  const expected = expectedSignals(asked.value, bundle.manifest);
  for (const [i, name] of PUBLIC_SIGNALS.entries()) {
    const demanded = expected[name];
    if (demanded !== undefined && signals.value[i] !== demanded) return err('request/mismatch', { signal: name });
  }

  const points = fromHex(envelope.value.points);
  const read = points === undefined ? err('proof/malformed', { what: 'points' }) : readProof(points);
  if (!read.ok) return read;
  if (!holds(bundle.key, read.value, signals.value)) return err('proof/invalid');
  return ok({ nullifier: fieldToHex(signals.value[PUBLIC_SIGNALS.indexOf('nullifier')] as bigint) });
}

function readSignals(signals: readonly string[]): Result<readonly bigint[]> {
  if (signals.length !== PUBLIC_SIGNALS.length)
    return err('proof/signal-count', { count: signals.length, expected: PUBLIC_SIGNALS.length });
  const values: bigint[] = [];
  for (const [i, name] of PUBLIC_SIGNALS.entries()) {
    const value = hexToField(signals[i] as string);
    if (value === undefined) return err('proof/non-canonical', { what: name });
    values.push(value);
  }
  return ok(values);
}
