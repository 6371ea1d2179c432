import { demoIssuerKey, issuerPublicKey } from '../../circuits/credit-score/index.ts';
import { err, ok, type Result } from '../base/index.ts';
import type { Bundle, BundleStore } from '../bundles/index.ts';
import {
  type AssuranceLevel,
  claimsFaceProof,
  claimsModelProof,
  MAX_MODEL_PROOF_BYTES,
  type ProofFile,
  type ProofRequest,
  parseProofEnvelope,
  parseProofFile,
  type Verdict,
} from '../protocol/index.ts';
import { prepareBundle, verifyProof } from '../verify/index.ts';
import { parseJson, readTextFile } from './files.ts';
import { checkTwin } from './transparent/credit.ts';

/** A proof file of the transparent system has about 92 kB, a Groth16 one 2 kB. */
const MAX_PROOF_BYTES = 256 * 1024;

/** The JSON of a proof of either system, each up to its own size. Errors: cli/file, input/too-large, proof/malformed. */
export async function readProofJson(file: string): Promise<Result<unknown>> {
  const text = await readTextFile(file, MAX_MODEL_PROOF_BYTES);
  const json = text.ok ? parseJson(text.value) : text;
  if (!json.ok) return json.error.code === 'input/malformed' ? err('proof/malformed', json.error.params) : json;
  const long = text.ok && Buffer.byteLength(text.value) > MAX_PROOF_BYTES;
  return long && !claimsModelProof(json.value) && !claimsFaceProof(json.value)
    ? err('input/too-large', { limit: `${MAX_PROOF_BYTES / 1024} kB` })
    : json;
}

/**
 * Reads a proof: the file `tacit prove credit-score` writes, or, where the request comes from elsewhere, the bare envelope that is
 * posted. Errors: proof/malformed, proof/version.
 */
export function readProof(json: unknown, request?: ProofRequest): Result<ProofFile> {
  const bare = request === undefined ? undefined : parseProofEnvelope(json);
  if (request !== undefined && bare?.ok) return ok({ format: 'tacit-proof-file', v: 1, request, proof: bare.value });
  const read = parseProofFile(json);
  return read.ok && request !== undefined ? ok({ ...read.value, request }) : read;
}

export interface CheckedProof {
  readonly bundle: Bundle;
  readonly nullifier: string;
  /** How sure the proof itself is, as a verdict says it. */
  readonly strength: Pick<Verdict, 'system' | 'keys' | 'soundnessBits'>;
}

/**
 * Checks a proof against its request with the bundle it names. Errors: those of verifyProof and of checkTwin, bundle/*, key/unsafe.
 */
export async function checkProof(store: BundleStore, file: ProofFile): Promise<Result<CheckedProof>> {
  const { request, proof } = file;
  const bundle = store.get(proof.bundle);
  if (!bundle.ok) return bundle;
  if (bundle.value.system === 'transparent') {
    const answer = await checkTwin(bundle.value, file);
    if (!answer.ok) return answer;
    const { nullifier, soundnessBits } = answer.value;
    return ok({ bundle: bundle.value, nullifier, strength: { system: 'transparent', keys: 'none', soundnessBits } });
  }
  const vkey = await bundle.value.read('vkey');
  if (!vkey.ok) return vkey;
  const prepared = prepareBundle(bundle.value.manifest, vkey.value);
  if (!prepared.ok) return prepared;
  const verdict = verifyProof(prepared.value, request, proof);
  if (!verdict.ok) return verdict;
  const { keys } = bundle.value.manifest;
  return ok({ bundle: bundle.value, nullifier: verdict.value.nullifier, strength: { system: 'groth16', keys } });
}

/** Said wherever a request counts that no checked signature stands over. */
export const UNSIGNED =
  'No signature over the request was checked: whoever made the file may have written it, with an issuer’s key of his own.';

/**
 * docs/assurance.md says what each level means. The demo issuer is known by its key, whatever the request calls it. Any other key is an
 * issuer's only in the word of the verifier that signed the request: unsigned, it may be the prover's own, and so the values too.
 */
export function assuranceOf({ issuer }: ProofRequest, signed: boolean): AssuranceLevel {
  const demo = issuerPublicKey(demoIssuerKey());
  if (issuer.demo || (issuer.x === demo.x && issuer.y === demo.y)) return 'demo-attested';
  return signed ? 'issuer-attested' : 'self-asserted';
}
