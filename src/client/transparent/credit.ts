import { credentialLeaf, fieldHolder, fieldSecret } from '../../../circuits/credit-score/transparent/leaf.ts';
import { err, ok, type Result } from '../../base/index.ts';
import { type ProofRequest, parseCredentialSchema, type TransparentManifest } from '../../protocol/index.ts';
import type { Http } from '../http.ts';
import { parseJson } from '../json.ts';
import { type FetchedRegistry, fetchRegistry } from '../registry.ts';
import type { BundleLoader, ProofProgress, ProofStage, ProofTask, Proved } from '../types.ts';
import type { CreditAbout, TransparentJobs, TransparentStage } from './types.ts';

export interface CreditProver {
  /**
   * Everything that must come from the verifier before a proof: the registry, the prover's code. Asked for with the preview, before its
   * result is known, so that nobody can tell from what is fetched who looked and did not pass.
   */
  prepare(manifest: TransparentManifest, request: ProofRequest, signal: AbortSignal): Promise<Result<void>>;
  prove(
    task: ProofTask & { readonly manifest: TransparentManifest },
    signal: AbortSignal,
    onProgress: (progress: ProofProgress) => void,
  ): Promise<Result<Proved>>;
}

const stageOf = (stage: TransparentStage): ProofStage =>
  stage === 'check' ? 'check' : stage === 'read' || stage === 'forward' || stage === 'witness' ? 'witness' : 'prove';

/** Answers requests for the transparent system: the registry fetched whole, the path worked out here, the proof made in its worker. */
export function createCreditProver(http: Http, bundles: BundleLoader, jobs: TransparentJobs): CreditProver {
  /** The registry of the last request that was prepared: a root of the request's own time is fresh enough for it. */
  let known: { readonly request: string; readonly registry: FetchedRegistry } | undefined;

  async function registryFor(request: ProofRequest, signal: AbortSignal): Promise<Result<FetchedRegistry>> {
    if (known?.request === request.id) return ok(known.registry);
    const fetched = await fetchRegistry(http, request, signal);
    if (fetched.ok) known = { request: request.id, registry: fetched.value };
    return fetched;
  }

  async function about(manifest: TransparentManifest, signal: AbortSignal): Promise<Result<CreditAbout>> {
    const present = await bundles.ensure(manifest, ['model', 'schema'], { signal });
    if (!present.ok) return present;
    const [model, schema] = [await bundles.read(manifest, 'model'), await bundles.read(manifest, 'schema')];
    if (!model.ok) return model;
    return schema.ok ? ok({ manifest, model: model.value, schema: schema.value }) : schema;
  }

  return {
    async prepare(manifest, request, signal) {
      const bundle = await about(manifest, signal);
      if (!bundle.ok) return bundle;
      const [registry, plan] = await Promise.all([
        registryFor(request, signal),
        jobs.prepare('credit-score', bundle.value, { signal }).result,
      ]);
      if (!registry.ok) return registry;
      return plan.ok ? ok(undefined) : plan;
    },

    async prove({ manifest, request, credential, holder }, signal, onProgress) {
      const bundle = await about(manifest, signal);
      if (!bundle.ok) return bundle;
      const schema = parseCredentialSchema(parseJson(bundle.value.schema));
      if (!schema.ok) return schema;
      const registry = await registryFor(request, signal);
      if (!registry.ok) return registry;
      const { tree, issued } = registry.value;
      const position = tree.find(credentialLeaf(schema.value, credential, fieldHolder(fieldSecret(holder))));
      if (position === undefined) return err('credential/not-registered', { issuer: request.issuer.name });
      const proof = await jobs.prove(
        'credit-score',
        {
          ...bundle.value,
          request,
          credential,
          holder,
          path: tree.path(position),
          root: tree.root(),
          issued: { size: tree.size, time: issued.time, signature: issued.signature },
        },
        { signal, onProgress: ({ stage, fraction, msLeft }) => onProgress({ stage: stageOf(stage), fraction, msLeft }) },
      ).result;
      if (!proof.ok) return proof;
      const { made, times } = proof.value;
      const { read, forward, witness, check, ...rest } = times;
      return ok({
        proof: made.proof,
        nullifier: made.proof.nullifier,
        times: { witness: read + forward + witness, prove: Object.values(rest).reduce((sum, ms) => sum + ms, 0), check },
      });
    },
  };
}
