// SPDX-License-Identifier: Apache-2.0
//
// testing: for tests alone. A whole case (issuer, holder, credential, request) around any schema and model, and the circuit's inputs
// as numbers of wires.
import { sha256, sha256Hex, utf8ToBytes } from '../../../src/base/index.ts';
import {
  type BundleManifest,
  bundleHash,
  type Credential,
  type CredentialSchema,
  type HolderSecret,
  type ProofRequest,
} from '../../../src/protocol/index.ts';
import {
  type CircuitInput,
  demoIssuerKey,
  holderCommitment,
  type IntegerModel,
  issuerPublicKey,
  modelHash,
  newHolderSecret,
  PUBLIC_SIGNALS,
  schemaHash,
  signCredential,
} from '../index.ts';

export const NOW = 1_790_000_000;
export const issuerKey = demoIssuerKey();

/** 96 bytes that look random and are the same for the same seed. */
export const seededHolder = (seed: string): HolderSecret =>
  newHolderSecret(Uint8Array.from([0, 1, 2].flatMap((i) => [...sha256(utf8ToBytes(`${seed} ${i}`))])));

export interface Case {
  readonly model: IntegerModel;
  readonly schema: CredentialSchema;
  readonly manifest: BundleManifest;
  readonly holder: HolderSecret;
  readonly credential: Credential;
  readonly request: ProofRequest;
}

/** A manifest whose artefacts are not files; `model` and `schema` are right. */
export function paperManifest(model: IntegerModel, schema: CredentialSchema): BundleManifest {
  const artefact = (name: string) => ({ file: `${sha256Hex(utf8ToBytes(name))}.bin`, sha256: sha256Hex(utf8ToBytes(name)), bytes: 1 });
  const artefacts = {
    wasm: artefact('wasm'),
    zkey: artefact('zkey'),
    r1cs: artefact('r1cs'),
    vkey: artefact('vkey'),
    model: artefact('model'),
    schema: artefact('schema'),
    preview: artefact('preview'),
    transcript: artefact('transcript'),
    card: artefact('card'),
  };
  return {
    format: 'tacit-bundle',
    v: 1,
    statement: 'credit-score',
    system: 'groth16',
    keys: 'development',
    title: 'Test',
    model: modelHash(model),
    schema: schemaHash(schema),
    publicSignals: [...PUBLIC_SIGNALS],
    constraints: 1,
    artefacts,
  };
}

export interface CaseOptions {
  readonly model: IntegerModel;
  readonly schema: CredentialSchema;
  readonly features: Readonly<Record<string, number>>;
  readonly threshold: number;
  readonly manifest?: BundleManifest;
  readonly holder?: HolderSecret;
  readonly partner?: string;
  readonly scope?: string;
  readonly expiresAt?: number;
}

export function makeCase({ model, schema, features, threshold, ...options }: CaseOptions): Case {
  const manifest = options.manifest ?? paperManifest(model, schema);
  const holder = options.holder ?? seededHolder('holder');
  const credential = signCredential(issuerKey, {
    schema,
    features,
    holder: holderCommitment(holder),
    issuedAt: NOW - 86_400,
    expiresAt: options.expiresAt ?? NOW + 86_400,
    issuerName: 'Demo issuer',
  });
  if (!credential.ok) throw new Error(credential.error.code);
  const partner = options.partner ?? 'acme';
  const request: ProofRequest = {
    v: 1,
    id: '0123456789abcdef0123456789abcdef',
    statement: 'credit-score',
    system: 'groth16',
    bundle: bundleHash(manifest),
    partner: { id: partner, name: partner },
    origin: 'https://partner.example',
    scope: options.scope ?? 'loan-2026',
    policy: { threshold },
    issuer: { name: 'Demo issuer', ...issuerPublicKey(issuerKey), demo: true },
    purpose: 'To test',
    retentionDays: 1,
    nonce: '11'.repeat(32),
    issuedAt: NOW,
    expiresAt: NOW + 900,
    verifier: { url: 'https://verifier.example', keyId: 'A'.repeat(43) },
  };
  return { model, schema, manifest, holder, credential: credential.value, request };
}

/** Private inputs in the order of the circuit's declarations, which is the order of their wires after the public ones. */
const PRIVATE = ['features', 'secret', 'blinding', 'issuedAt', 'expiresAt', 'r8x', 'r8y', 's'] as const;

/** The input as values by wire: 1 to 8 public, then private. */
export const inputWires = (input: CircuitInput): Map<number, bigint> =>
  new Map([...PUBLIC_SIGNALS, ...PRIVATE].flatMap((name) => input[name] ?? []).map((value, i) => [i + 1, BigInt(value)]));
