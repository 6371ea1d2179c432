// SPDX-License-Identifier: Apache-2.0
import { err, invariant, ok, type Result, type TacitError } from '../../src/base/index.ts';
import {
  type BundleManifest,
  bundleHash,
  type Credential,
  type CredentialSchema,
  type HolderSecret,
  type ProofRequest,
} from '../../src/protocol/index.ts';
import { checkCredential, nullifier, schemaHash } from './credential.ts';
import { type IntegerModel, modelHash, modelInputs, score } from './model.ts';
import { packingLayout } from './packing.ts';
import { expectedSignals, PUBLIC_SIGNALS } from './statement.ts';

/** The circuit's inputs by signal name, canonical field elements in decimal. It holds secrets: drop it as soon as the witness is made. */
export type CircuitInput = Readonly<Record<string, string | readonly string[]>>;

export interface WitnessRequest {
  /** As parsed and, by the caller, authenticated. */
  readonly request: ProofRequest;
  readonly credential: Credential;
  readonly holder: HolderSecret;
  /** The bundle's model and schema, as its manifest names them. */
  readonly model: IntegerModel;
  readonly schema: CredentialSchema;
  readonly manifest: BundleManifest;
}

/**
 * Everything that would make the circuit unsatisfiable is found here, before any proving, with a code of its own:
 * bundle/unknown (the request wants another), bundle/hash-mismatch (model or schema), credential/* and input/feature-* as
 * checkCredential gives them at the request's time, policy/not-met.
 */
export function witnessInput({ request, credential, holder, model, schema, manifest }: WitnessRequest): Result<CircuitInput> {
  if (request.bundle !== bundleHash(manifest)) return err('bundle/unknown', { bundle: request.bundle });
  if (modelHash(model) !== manifest.model) return err('bundle/hash-mismatch', { file: 'model' });
  if (schemaHash(schema) !== manifest.schema) return err('bundle/hash-mismatch', { file: 'schema' });
  const checked = checkCredential({ credential, schema, issuer: request.issuer, holder, now: request.issuedAt });
  if (!checked.ok) return checked;
  const { coded, signature } = checked.value;
  if (score(model, modelInputs(model, schema, coded)) < request.policy.threshold) return err('policy/not-met');

  const expected = expectedSignals(request, manifest);
  const scope = expected.scope;
  invariant(scope !== undefined, 'the scope is known');
  const signals = { ...expected, nullifier: nullifier(holder.secret, scope) };
  const layout = packingLayout(schema);
  return ok({
    ...Object.fromEntries(PUBLIC_SIGNALS.map((name) => [name, String(signals[name])])),
    features: coded.map((value, i) => String(value - (layout[i]?.min ?? 0))),
    secret: BigInt(`0x${holder.secret}`).toString(),
    blinding: BigInt(`0x${holder.blinding}`).toString(),
    issuedAt: String(credential.issuedAt),
    expiresAt: String(credential.expiresAt),
    r8x: signature.r8x.toString(),
    r8y: signature.r8y.toString(),
    s: signature.s.toString(),
  });
}

/** Which refusal a failed constraint of each template is. Only reached when witnessInput was passed by: its checks are the same. */
const REFUSALS: Readonly<Record<string, TacitError>> = {
  Passes: { code: 'policy/not-met' },
  NotExpired: { code: 'credential/expired' },
  Attested: { code: 'credential/signature' },
  Features: { code: 'credential/malformed', params: { what: 'features: out of range' } },
};

/** The refusal for a constraint that does not hold in these templates (innermost first); undefined when the circuit's own constants differ. */
export const refusalIn = (templates: readonly string[]): TacitError | undefined =>
  templates.map((name) => REFUSALS[name]).find((refusal) => refusal !== undefined);
