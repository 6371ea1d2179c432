// SPDX-License-Identifier: Apache-2.0
import { checkRoot, parseIntegerModel } from '../../../circuits/credit-score/index.ts';
import { type CreditProgram, creditProgram, publicValuesOf } from '../../../circuits/credit-score/transparent/index.ts';
import { err, fromBase64Url, type Hash32, InvariantError, ok, type Result } from '../../base/index.ts';
import type { Kernels } from '../../field/index.ts';
import {
  bundleHash,
  checkArtefact,
  type ProofEnvelope,
  type ProofRequest,
  parseCredentialSchema,
  parseProofEnvelope,
  parseProofRequest,
  requestDigest,
  type TransparentManifest,
} from '../../protocol/index.ts';
import { type Plan, planProgram, proofLength, SOUNDNESS_FLOOR } from '../../protocol/transparent/index.ts';
import { digestFromHex } from '../../registry/index.ts';
import { verifyTransparent } from './verifier.ts';

/** A bundle whose program was compiled here, out of its own model and schema. Made by {@link prepareTransparentBundle} alone; keep it. */
export interface TransparentBundle {
  readonly system: 'transparent';
  readonly hash: Hash32;
  readonly manifest: TransparentManifest;
  readonly credit: CreditProgram;
  readonly plan: Plan;
  /** Characters of base64url that every proof of this program has: who reads one refuses other lengths first. */
  readonly proofText: number;
  /** Whole proven bits. */
  readonly soundnessBits: number;
}

/** As the verification key is read: these files are ASCII, and what is not does not have the hash of one that is. */
function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  } catch {
    return undefined;
  }
}

/** A manifest may list files of up to 64 MB; these two have a few kB. */
const MAX_FILE_BYTES = 2 ** 20;

/**
 * Compiles the program of a bundle from its artefacts `model` and `schema` as published (about 100 ms). The caller has read `manifest` with
 * parseTransparentManifest. Errors: bundle/hash-mismatch when these are not the bytes the manifest names; bundle/malformed when they
 * cannot be read, do not fit each other, or give another program or other public values than the manifest says; proof/soundness.
 */
export function prepareTransparentBundle(
  manifest: TransparentManifest,
  files: { readonly model: Uint8Array; readonly schema: Uint8Array },
): Result<TransparentBundle> {
  const malformed = (what: string) => err('bundle/malformed', { what });
  if (Math.max(files.model.length, files.schema.length) > MAX_FILE_BYTES) return malformed('model, schema: too large');
  const schemaBytes = checkArtefact(manifest.artefacts.schema, files.schema);
  if (!schemaBytes.ok) return schemaBytes;
  const modelBytes = checkArtefact(manifest.artefacts.model, files.model);
  if (!modelBytes.ok) return modelBytes;
  if (manifest.model !== manifest.artefacts.model.sha256 || manifest.schema !== manifest.artefacts.schema.sha256)
    return malformed('model, schema: not those of the files');
  const schema = parseCredentialSchema(readJson(schemaBytes.value));
  if (!schema.ok) return schema;
  const model = parseIntegerModel(readJson(modelBytes.value), schema.value);
  if (!model.ok) return model;
  let credit: CreditProgram;
  let plan: Plan;
  try {
    credit = creditProgram(model.value, schema.value);
    plan = planProgram(credit.program);
  } catch (thrown) {
    // What a model may not be is an invariant of the builder; here the model comes from a file.
    if (thrown instanceof InvariantError) return malformed(thrown.message);
    throw thrown;
  }
  if (credit.modelHash !== manifest.model) return malformed('model: not in canonical form');
  if (plan.hash !== manifest.program) return malformed('program: another comes out of model and schema');
  if (manifest.publics.join() !== credit.program.publics.join()) return malformed(`publics: not those of ${manifest.statement}`);
  if (!plan.sound) return err('proof/soundness', { bits: plan.soundness, floor: SOUNDNESS_FLOOR });
  const proofText = Math.ceil((4 * proofLength(plan)) / 3);
  return ok({
    system: 'transparent',
    hash: bundleHash(manifest),
    manifest,
    credit,
    plan,
    proofText,
    soundnessBits: Math.floor(plan.soundness),
  });
}

export interface TransparentAnswer {
  /** 64 hex characters, one per person and scope. */
  readonly nullifier: string;
  /** The registry root the proof stands on; the request's issuer signed it. */
  readonly root: string;
  readonly soundnessBits: number;
}

/**
 * Whether `proof` answers `request`: as verifyProof for the transparent system, and whether the request's issuer signed the root it
 * stands on. Every public value comes from the request but root and
 * nullifier; the request's digest is the proof's nonce, so no field of the request can be another. Total on any input, in work bounded
 * by the program (docs/benchmarks.md).
 *
 * Duties of the caller: the request is one he made or whose signature he checked, has not expired and has not been answered; the root is
 * not too old (the issuer signed it once: that a registry is append-only is what makes old roots harmless); the nullifier is new in this scope; the scope was not answered in
 * the other system. Proofs can be remade by whoever made one, so never tell answers apart by the proof's bytes.
 *
 * Errors, in the order they are looked for: request/malformed, proof/malformed, proof/version, request/mismatch (system), bundle/unknown,
 * proof/non-canonical (root, nullifier), request/unsupported (threshold), registry/signature, proof/malformed (length), and those of verifyTransparent.
 */
export function verifyTransparentProof(
  { hash, manifest, plan, proofText, soundnessBits }: TransparentBundle,
  request: ProofRequest,
  proof: ProofEnvelope,
  kernels?: Kernels,
): Result<TransparentAnswer> {
  const asked = parseProofRequest(request);
  if (!asked.ok) return asked;
  const envelope = parseProofEnvelope(proof);
  if (!envelope.ok) return envelope;
  if (asked.value.system !== 'transparent' || envelope.value.system !== 'transparent') return err('request/mismatch', { signal: 'system' });
  for (const named of [asked.value.bundle, envelope.value.bundle]) if (named !== hash) return err('bundle/unknown', { bundle: named });
  const { root, nullifier, proof: text } = envelope.value;
  const digests = { root: digestFromHex(root), nullifier: digestFromHex(nullifier) };
  if (digests.root === undefined) return err('proof/non-canonical', { what: 'root' });
  if (digests.nullifier === undefined) return err('proof/non-canonical', { what: 'nullifier' });
  const publics = publicValuesOf(asked.value, digests.root, digests.nullifier);
  if (!publics.ok) return publics;
  const { registry = '', issuer } = asked.value;
  const { size, time, signature } = envelope.value.issued;
  if (!checkRoot(issuer, { format: 'tacit-registry-root', v: 1, registry, size, root, time }, signature))
    return err('registry/signature', { registry });
  if (text.length !== proofText) return err('proof/malformed', { what: `proof: ${text.length} characters, not ${proofText}` });
  const bytes = fromBase64Url(text);
  if (bytes === undefined) return err('proof/malformed', { what: 'proof: not base64url' });
  const statement = { model: manifest.model as Hash32, nonce: requestDigest(asked.value), publics: publics.value };
  const verified = verifyTransparent({ plan, statement, proof: bytes, ...(kernels === undefined ? {} : { kernels }) });
  return verified.ok ? ok({ nullifier, root, soundnessBits }) : verified;
}
