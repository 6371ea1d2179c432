import { credentialLeaf, fieldHolder, fieldSecret } from '../../../circuits/credit-score/transparent/leaf.ts';
import { ok, type Result } from '../../base/index.ts';
import { parseCredentialSchema, type TransparentManifest } from '../../protocol/index.ts';
import { digestToHex } from '../../registry/index.ts';
import type { Http } from '../http.ts';
import { parseJson } from '../json.ts';
import { findIssued, type Issued } from '../registry.ts';
import type { BundleLoader, ProofProgress, ProofStage, ProofTask, Proved } from '../types.ts';
import type { CreditAbout, TransparentJobs, TransparentStage } from './types.ts';

type Answering = ProofTask & { readonly manifest: TransparentManifest };

export interface CreditProver {
  /**
   * Everything that must come from the verifier before a proof: the leaf's place in the registry, the prover's code. Asked for with the
   * preview, before its result is known, so that nobody can tell from what is fetched who looked and did not pass.
   */
  prepare(task: Answering, signal: AbortSignal): Promise<Result<void>>;
  prove(task: Answering, signal: AbortSignal, onProgress: (progress: ProofProgress) => void): Promise<Result<Proved>>;
}

const stageOf = (stage: TransparentStage): ProofStage =>
  stage === 'check' ? 'check' : stage === 'read' || stage === 'forward' || stage === 'witness' ? 'witness' : 'prove';

/** Answers requests for the transparent system: the path worked out here, from what says nothing of whose it is; the proof made in its worker. */
export function createCreditProver(http: Http, bundles: BundleLoader, jobs: TransparentJobs): CreditProver {
  /** The leaf of the last request that was prepared: a root of the request's own time is fresh enough for it. */
  let prepared: { readonly request: string; readonly leaf: string; readonly found: Issued } | undefined;
  /** Where leaves were found while the page lives: they stay where they are. */
  const places = new Map<string, number>();

  async function find({ request, credential, holder }: Answering, about: CreditAbout, signal: AbortSignal): Promise<Result<Issued>> {
    const schema = parseCredentialSchema(parseJson(about.schema));
    if (!schema.ok) return schema;
    const leaf = credentialLeaf(schema.value, credential, fieldHolder(fieldSecret(holder)));
    const name = digestToHex(leaf);
    if (prepared?.request === request.id && prepared.leaf === name) return ok(prepared.found);
    const found = await findIssued(http, request, { leaf, known: places.get(name), signal });
    if (!found.ok) return found;
    places.set(name, found.value.position);
    prepared = { request: request.id, leaf: name, found: found.value };
    return found;
  }

  async function about(manifest: TransparentManifest, signal: AbortSignal): Promise<Result<CreditAbout>> {
    const present = await bundles.ensure(manifest, ['model', 'schema'], { signal });
    if (!present.ok) return present;
    const [model, schema] = [await bundles.read(manifest, 'model'), await bundles.read(manifest, 'schema')];
    if (!model.ok) return model;
    return schema.ok ? ok({ manifest, model: model.value, schema: schema.value }) : schema;
  }

  return {
    async prepare(task, signal) {
      const bundle = await about(task.manifest, signal);
      if (!bundle.ok) return bundle;
      const [found, plan] = await Promise.all([
        find(task, bundle.value, signal),
        jobs.prepare('credit-score', bundle.value, { signal }).result,
      ]);
      if (!found.ok) return found;
      return plan.ok ? ok(undefined) : plan;
    },

    async prove(task, signal, onProgress) {
      const bundle = await about(task.manifest, signal);
      if (!bundle.ok) return bundle;
      const found = await find(task, bundle.value, signal);
      if (!found.ok) return found;
      const { request, credential, holder } = task;
      const { path, root, issued } = found.value;
      const proof = await jobs.prove(
        'credit-score',
        { ...bundle.value, request, credential, holder, path, root, issued },
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
