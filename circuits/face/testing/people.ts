// People with small networks: enrolments and matches as a wallet makes them, with real proofs, for the tests of server and verifier.
import { createHash } from 'node:crypto';
import { toBase64Url } from '../../../src/base/index.ts';
import { proofKernels } from '../../../src/cli/models/kernels.ts';
import type { Witness } from '../../../src/program/index.ts';
import { enrolmentNonce, type FaceAnswer, type FaceEnrolProof, type FaceRequest, requestDigest } from '../../../src/protocol/index.ts';
import { proveTransparent } from '../../../src/prove/transparent/index.ts';
import { digestToHex, hashToElements, type RegistryTree, scopeElements } from '../../../src/registry/index.ts';
import { commitmentOf, type Holder, type PreparedFace, prepareFaceEnrol, prepareFaceMatch } from '../index.ts';
import { SMALL_MARGIN, smallNetworks } from './networks.ts';

export const peopleNetworks = smallNetworks(5);
export const peopleMargin = SMALL_MARGIN;

function once<S>(make: () => ReturnType<typeof prepareFaceEnrol> | ReturnType<typeof prepareFaceMatch>): () => PreparedFace<S> {
  let made: PreparedFace<S> | undefined;
  return () => {
    const prepared = made === undefined ? make() : undefined;
    if (prepared?.ok === false) throw new Error(prepared.error.code);
    made ??= prepared?.value as PreparedFace<S>;
    return made;
  };
}
type Of<F> = F extends (...args: never[]) => infer R
  ? R extends { readonly ok: true; readonly value: PreparedFace<infer S> }
    ? S
    : never
  : never;
export const enrolProgram = once<Of<typeof prepareFaceEnrol>>(() => prepareFaceEnrol(peopleNetworks, peopleMargin));
export const matchProgram = once<Of<typeof prepareFaceMatch>>(() => prepareFaceMatch(peopleNetworks, peopleMargin));

/** The compiled ones: tests of a server make many proofs. */
const kernels = await proofKernels(() => undefined);

let draws = 0;
/** Repeatable, so that a failure can be looked at again. */
const random = (into: Uint8Array): void => {
  for (let at = 0; at < into.length; at += 32)
    into.set(
      createHash('sha256')
        .update(`people ${draws++}`)
        .digest()
        .subarray(0, Math.min(32, into.length - at)),
      at,
    );
};

function prove({ plan, model }: PreparedFace<unknown>, witness: Witness, nonce: string) {
  if (!kernels.ok) throw new Error(kernels.error.code);
  const statement = { model, nonce: nonce as typeof model, publics: witness.publics };
  const proof = proveTransparent({ plan, statement, witness, kernels: kernels.value, random });
  if (!proof.ok) throw new Error(proof.error.code);
  return {
    format: 'tacit-face-proof' as const,
    v: 1 as const,
    system: 'transparent' as const,
    model,
    program: plan.hash,
    nonce,
    soundnessBits: Math.floor(plan.soundness),
    proof: toBase64Url(proof.value),
  };
}

export interface Enrolled {
  readonly holder: Holder;
  readonly proof: FaceEnrolProof;
}

/** Somebody's enrolment at a verifier, by a picture and a name that all of their secrets come of. */
export function enrolPerson(frame: Int32Array, name: string, verifier: string, family = 'faces', blinding = 0): Enrolled {
  const secrets = { secret: hashToElements('test/secret', name), blinding: hashToElements('test/blinding', name, String(blinding)) };
  const prepared = enrolProgram();
  const made = prepared.statement.witness(frame, secrets);
  if (!made.ok) throw new Error(made.error.code);
  const rest = prove(prepared, made.value.witness, enrolmentNonce(verifier, family));
  return {
    holder: { ...secrets, template: made.value.template },
    proof: { ...rest, statement: 'face-enrol', commitment: digestToHex(made.value.commitment) },
  };
}

/** The same person's answer to a request, with a fresh picture. `change`: what a cheat asks the prover for instead. */
export function matchPerson(
  request: FaceRequest,
  frame: Int32Array,
  holder: Holder,
  tree: RegistryTree,
  change: { readonly scope?: string; readonly threshold?: number; readonly nonce?: string } = {},
): FaceAnswer {
  const prepared = matchProgram();
  const position = tree.find(commitmentOf(holder));
  if (position === undefined) throw new Error('not enrolled');
  const { scope = request.scope, threshold = request.policy.threshold, nonce = requestDigest(request) } = change;
  const publics = { root: tree.root(), scope: scopeElements(request.partner.id, scope), threshold };
  const made = prepared.statement.witness(frame, holder, tree.path(position), publics);
  if (!made.ok) throw new Error(made.error.code);
  return {
    ...prove(prepared, made.value.witness, nonce),
    statement: 'face-match',
    root: digestToHex(publics.root),
    scope: digestToHex(publics.scope),
    nullifier: digestToHex(made.value.nullifier),
    threshold,
  };
}
