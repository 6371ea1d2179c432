import { randomFillSync } from 'node:crypto';
import { checkRoot } from '../../../circuits/credit-score/index.ts';
import { checkTransparent, leafOfCredential, transparentWitness } from '../../../circuits/credit-score/transparent/index.ts';
import { err, ok, type Result, toBase64Url } from '../../base/index.ts';
import type { TransparentBundleFiles } from '../../bundles/index.ts';
import { type ProofEnvelope, type ProofFile, type ProofRequest, requestDigest } from '../../protocol/index.ts';
import { proveTransparent, type Stage } from '../../prove/transparent/index.ts';
import { digestFromHex, digestToHex, type RegistrySnapshot, type RegistryTree, treeOf } from '../../registry/index.ts';
import {
  prepareTransparentBundle,
  type TransparentAnswer,
  type TransparentBundle,
  verifyTransparentProof,
} from '../../verify/transparent/index.ts';
import type { ProveInput } from '../example.ts';
import { withProofKernels } from '../models/kernels.ts';

/** Compiles the bundle's program. Errors: bundle/*, proof/soundness. */
export async function prepareTwin(bundle: TransparentBundleFiles): Promise<Result<TransparentBundle>> {
  const model = await bundle.read('model');
  if (!model.ok) return model;
  const schema = await bundle.read('schema');
  return schema.ok ? prepareTransparentBundle(bundle.manifest, { model: model.value, schema: schema.value }) : schema;
}

/** Checks that a snapshot is of the request's registry, signed by the request's issuer. Errors: registry/signature, registry/mismatch. */
function openSnapshot({ issuer, registry = '' }: ProofRequest, { statement, signature, leaves }: RegistrySnapshot): Result<RegistryTree> {
  if (statement.registry !== registry || !checkRoot(issuer, statement, signature)) return err('registry/signature', { registry });
  return treeOf(
    leaves.map((hex) => digestFromHex(hex) ?? []),
    statement,
  );
}

export interface TwinMade {
  readonly proof: ProofEnvelope;
  readonly nullifier: string;
  readonly soundnessBits: number;
  readonly milliseconds: Readonly<Record<'witness' | 'proof' | 'check', number>>;
}

/**
 * The proof of an input whose request asks for the transparent system, checked as a verifier would. Errors: credential/*, input/feature-*,
 * policy/not-met, request/unsupported, registry/* (the input's copy of the registry), bundle/*, device/unsupported, proof/self-check.
 */
export async function makeTwinProof(
  bundle: TransparentBundleFiles,
  { request, credential, holder, registry }: ProveInput,
  stage: (stage: Stage) => void,
  say: (text: string) => void,
): Promise<Result<TwinMade>> {
  const prepared = await prepareTwin(bundle);
  if (!prepared.ok) return prepared;
  const { credit, plan, manifest, hash } = prepared.value;
  if (request.bundle !== hash) return err('bundle/unknown', { bundle: request.bundle });
  const job = { request, credential, holder, credit };
  const checked = checkTransparent(job);
  if (!checked.ok) return checked;
  if (registry === undefined) return err('input/malformed', { what: 'registry: missing, and the request asks for the transparent system' });
  const tree = openSnapshot(request, registry);
  if (!tree.ok) return tree;
  const position = tree.value.find(leafOfCredential(credit, credential, holder));
  if (position === undefined) return err('credential/not-registered', { issuer: request.issuer.name });
  return withProofKernels(say, (kernels) => {
    const began = performance.now();
    stage('witness');
    const filled = transparentWitness(job, tree.value.path(position), tree.value.root());
    if (!filled.ok) return filled;
    const { witness, root, nullifier } = filled.value;
    const witnessDone = performance.now();
    const statement = { model: credit.modelHash, nonce: requestDigest(request), publics: witness.publics };
    const random = (into: Uint8Array): void => void randomFillSync(into);
    const made = proveTransparent({ plan, statement, witness, kernels, random, onStage: stage });
    for (const cells of witness.blocks) cells.fill(0);
    if (!made.ok) return made;
    const proven = performance.now();
    const { size, time } = registry.statement;
    const proof: ProofEnvelope = {
      format: 'tacit-proof',
      v: 1,
      statement: 'credit-score',
      system: 'transparent',
      bundle: bundle.hash,
      root: digestToHex(root),
      nullifier: digestToHex(nullifier),
      issued: { size, time, signature: registry.signature },
      proof: toBase64Url(made.value),
    };
    const verdict = verifyTransparentProof(prepared.value, request, proof, kernels);
    if (!verdict.ok || manifest.system !== proof.system) return err('proof/self-check');
    return ok({
      proof,
      nullifier: proof.nullifier,
      soundnessBits: verdict.value.soundnessBits,
      milliseconds: {
        witness: Math.round(witnessDone - began),
        proof: Math.round(proven - witnessDone),
        check: Math.round(performance.now() - proven),
      },
    });
  });
}

/** Checks a proof of the transparent system against its request. Errors: those of verifyTransparentProof, bundle/*. */
export async function checkTwin(bundle: TransparentBundleFiles, { request, proof }: ProofFile): Promise<Result<TransparentAnswer>> {
  const prepared = await prepareTwin(bundle);
  return prepared.ok ? verifyTransparentProof(prepared.value, request, proof) : prepared;
}
