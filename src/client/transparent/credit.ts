import { credentialLeaf, fieldHolder, fieldSecret } from '../../../circuits/credit-score/transparent/leaf.ts';
import { ok, type Result } from '../../base/index.ts';
import { parseCredentialSchema, type TransparentManifest } from '../../protocol/index.ts';
import { type Digest, digestToHex } from '../../registry/index.ts';
import type { Http } from '../http.ts';
import { parseJson } from '../json.ts';
import { type Issued, type OpenIssued, openIssued } from '../registry.ts';
import type { BundleLoader, ProofProgress, ProofStage, ProofTask, Proved } from '../types.ts';
import type { CreditAbout, TransparentJobs, TransparentStage } from './types.ts';

/** A credential and the holder's side of it. */
type Held = Pick<ProofTask, 'credential' | 'holder'>;
type Answering = ProofTask & { readonly manifest: TransparentManifest };

export interface CreditProver {
  /**
   * Everything that must come from the verifier before a proof: the leaf's place in the registry, also of other credentials that might be tried,
   * and the prover's code. Asked for with the preview, before its result is known, so that nobody can tell from what is fetched who looked and
   * did not pass.
   */
  prepare(task: Answering, signal: AbortSignal): Promise<Result<void>>;
  prove(task: Answering, signal: AbortSignal, onProgress: (progress: ProofProgress) => void): Promise<Result<Proved>>;
}

export interface CreditOptions {
  readonly http: Http;
  readonly bundles: BundleLoader;
  readonly jobs: TransparentJobs;
  /** All credentials of the wallet. */
  readonly held: () => Promise<Result<readonly Held[]>>;
  /** Of a shelf; small in tests. */
  readonly level?: number;
}

const stageOf = (stage: TransparentStage): ProofStage =>
  stage === 'check' ? 'check' : stage === 'read' || stage === 'forward' || stage === 'witness' ? 'witness' : 'prove';

/** Answers requests for the transparent system: the path worked out here, from what says nothing of whose it is; the proof made in its worker. */
export function createCreditProver({ http, bundles, jobs, held, level }: CreditOptions): CreditProver {
  /**
   * The registry as it was opened for the last request: a root of the request's own time is fresh enough for it, and whoever tries another of
   * their credentials asks for nothing, which would tell that the first did not do.
   */
  let prepared: { readonly request: string; readonly registry: OpenIssued } | undefined;
  /** Where leaves were found while the page lives: they stay where they are. */
  const places = new Map<string, number>();

  async function find(task: Answering, about: CreditAbout, signal: AbortSignal): Promise<Result<Issued>> {
    const { request } = task;
    const schema = parseCredentialSchema(parseJson(about.schema));
    if (!schema.ok) return schema;
    const leafOf = ({ credential, holder }: Held): Digest => credentialLeaf(schema.value, credential, fieldHolder(fieldSecret(holder)));
    async function place(registry: OpenIssued, held: Held): Promise<Result<Issued>> {
      const leaf = leafOf(held);
      const name = `${request.registry} ${digestToHex(leaf)}`;
      const found = await registry.find(leaf, places.get(name), signal);
      if (found.ok) places.set(name, found.value.position);
      return found;
    }
    if (prepared?.request === request.id) {
      const found = await place(prepared.registry, task);
      // Not there yet when the registry was opened, perhaps.
      if (found.ok || found.error.code !== 'credential/not-registered') return found;
    }
    const opened = await openIssued(http, request, { signal, level });
    if (!opened.ok) return opened;
    const registry = opened.value;
    const found = await place(registry, task);
    if (!found.ok) return found;
    // On several shelves all that this person might answer with is looked for now, so that to try another later asks for nothing.
    const others = registry.shelves > 1 ? await held() : ok([]);
    if (!others.ok) return others;
    for (const other of others.value) {
      const { issuer, schema: of } = other.credential;
      if (issuer.x !== request.issuer.x || issuer.y !== request.issuer.y || of !== task.credential.schema) continue;
      const placed = await place(registry, other);
      if (!placed.ok && placed.error.code !== 'credential/not-registered') return placed;
    }
    prepared = { request: request.id, registry };
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
