import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import {
  DEMO_ISSUER_NAME,
  demoIssuerKey,
  encodeFeatures,
  holderCommitment,
  type IntegerModel,
  issuerPublicKey,
  modelInputs,
  newHolderSecret,
  score,
  signCredential,
  signRoot,
} from '../../circuits/credit-score/index.ts';
import { credentialLeaf, fieldHolder, fieldSecret } from '../../circuits/credit-score/transparent/index.ts';
import { bytesToHex, err, ok, type Result } from '../base/index.ts';
import {
  type Credential,
  type CredentialSchema,
  type HolderSecret,
  type ProofRequest,
  type ProofSystem,
  parseShape,
} from '../protocol/index.ts';
import { digestToHex, hashToElements, type RegistrySnapshot, RegistryTree, type RootStatement } from '../registry/index.ts';
import { readJsonFile } from './files.ts';
import { NO_VERIFIER_KEY } from './request.ts';

const applicantsSchema = z.object({
  applicants: z
    .array(z.object({ id: z.string().min(1).max(64), label: z.string().max(120), features: z.record(z.string().max(32), z.int()) }))
    .min(1)
    .max(1000),
});
/** A real applicant of the published data set whom the model never saw. */
export type Applicant = z.infer<typeof applicantsSchema>['applicants'][number];

async function readApplicants(): Promise<Result<readonly Applicant[]>> {
  const file = fileURLToPath(new URL('../../circuits/credit-score/applicants.json', import.meta.url));
  const json = await readJsonFile(file, 1024 * 1024);
  if (!json.ok) return json;
  const parsed = parseShape(applicantsSchema, json.value, 'input/malformed');
  return parsed.ok ? ok(parsed.value.applicants) : parsed;
}

/** An applicant with the score of his values, in the model's units, and whether it reaches the threshold. */
export interface Rated extends Applicant {
  readonly score: number;
  readonly passes: boolean;
}

/** The shipped applicants in their order. Errors: those of their file. */
export async function rateApplicants(
  { schema, model }: Pick<Example, 'schema' | 'model'>,
  threshold: number,
): Promise<Result<readonly Rated[]>> {
  const applicants = await readApplicants();
  if (!applicants.ok) return applicants;
  const rated: Rated[] = [];
  for (const applicant of applicants.value) {
    const coded = encodeFeatures(schema, applicant.features);
    if (!coded.ok) return coded;
    const value = score(model, modelInputs(model, schema, coded.value));
    rated.push({ ...applicant, score: value, passes: value >= threshold });
  }
  return ok(rated);
}

/** What a proof is made of: the request, and the private side that never leaves the machine. */
export interface ProveInput {
  readonly request: ProofRequest;
  readonly credential: Credential;
  readonly holder: HolderSecret;
  /** The issuer's registry, where the request asks for the transparent system. */
  readonly registry?: RegistrySnapshot | undefined;
}

export interface Example {
  /** By name; the first who passes when absent. */
  readonly applicant: string | undefined;
  readonly bundle: string;
  readonly system: ProofSystem;
  readonly schema: CredentialSchema;
  readonly model: IntegerModel;
  /** In the model's units. */
  readonly threshold: number;
  /** Unix seconds. */
  readonly now: number;
}

/**
 * A fresh wallet, a credential of the demo issuer for a shipped applicant, and a request nobody asked for, labelled so in every field
 * a person reads. Errors: issuer/unknown-applicant, policy/not-met when nobody passes, and those of the applicants' file.
 */
export async function makeExample({ applicant, bundle, system, schema, model, threshold, now }: Example): Promise<Result<ProveInput>> {
  const rated = await rateApplicants({ schema, model }, threshold);
  if (!rated.ok) return rated;
  const found = rated.value.find(({ id, passes }) => (applicant === undefined ? passes : id === applicant));
  if (found === undefined)
    return applicant === undefined ? err('policy/not-met') : err('issuer/unknown-applicant', { applicant: applicant.slice(0, 64) });
  const holder = newHolderSecret(randomBytes(96));
  const attestation = { schema, features: found.features, holder: holderCommitment(holder), issuedAt: now, expiresAt: now + 86_400 };
  const credential = signCredential(demoIssuerKey(), { ...attestation, issuerName: DEMO_ISSUER_NAME });
  if (!credential.ok) return credential;
  const request: ProofRequest = {
    v: 1,
    id: bytesToHex(randomBytes(16)),
    statement: 'credit-score',
    system,
    bundle,
    partner: { id: 'self-made', name: 'Nobody (request made by this command)' },
    origin: 'http://localhost',
    scope: 'example',
    policy: { threshold },
    issuer: { name: DEMO_ISSUER_NAME, ...issuerPublicKey(demoIssuerKey()), demo: true },
    ...(system === 'transparent' ? { registry: EXAMPLE_REGISTRY } : {}),
    purpose: 'An example; no partner asked for it and no verifier signed it',
    retentionDays: 0,
    nonce: bytesToHex(randomBytes(32)),
    issuedAt: now,
    expiresAt: now + 86_400,
    verifier: { url: 'http://localhost', keyId: NO_VERIFIER_KEY },
  };
  const registry = system === 'transparent' ? exampleRegistry(schema, credential.value, holder, now) : undefined;
  return ok({ request, credential: credential.value, holder, ...(registry === undefined ? {} : { registry }) });
}

const EXAMPLE_REGISTRY = 'example';

/** A registry of the demo issuer with this credential among others that nobody holds, signed by its published key. */
function exampleRegistry(schema: CredentialSchema, credential: Credential, holder: HolderSecret, now: number): RegistrySnapshot {
  const tree = new RegistryTree();
  const stranger = (): number[] => hashToElements('tacit/example-leaf', randomBytes(32));
  const leaves = [stranger(), stranger(), credentialLeaf(schema, credential, fieldHolder(fieldSecret(holder))), stranger()];
  for (const leaf of leaves) tree.append(leaf);
  const statement: RootStatement = {
    format: 'tacit-registry-root',
    v: 1,
    registry: EXAMPLE_REGISTRY,
    size: tree.size,
    root: digestToHex(tree.root()),
    time: now,
  };
  return { format: 'tacit-registry', v: 1, statement, signature: signRoot(demoIssuerKey(), statement), leaves: leaves.map(digestToHex) };
}
