import { parseIntegerModel, witnessInput } from '../../circuits/credit-score/index.ts';
import { err, ok, type Result } from '../../src/base/index.ts';
import type { Proved, ProverProgress, ProverTask } from '../../src/client/index.ts';
import { parseJson } from '../../src/client/json.ts';
import { parseCredentialSchema } from '../../src/protocol/index.ts';
import { proveGroth16 } from '../../src/prove/index.ts';
import { prepareBundle, verifyProof } from '../../src/verify/index.ts';

export interface ProveOptions {
  readonly onProgress: (progress: ProverProgress) => void;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** Shares of the whole work before the proof itself begins, and when it ends (measured at 2^13, two threads). */
const WITNESS_DONE = 0.05;
const PROOF_DONE = 0.95;

/**
 * From a request and a credential to a proof that was verified here, by the verifier's own code, before anybody may send it.
 * Errors: those of witnessInput and proveGroth16, bundle/*, key/unsafe, proof/self-check.
 */
export async function prove(task: ProverTask, { onProgress, now }: ProveOptions): Promise<Result<Proved>> {
  const { manifest, request, credential, holder, files } = task;
  const began = now();
  onProgress({ stage: 'witness', fraction: 0 });
  const schema = parseCredentialSchema(parseJson(files.schema));
  if (!schema.ok) return schema;
  const model = parseIntegerModel(parseJson(files.model), schema.value);
  if (!model.ok) return model;
  const bundle = prepareBundle(manifest, files.vkey);
  if (!bundle.ok) return bundle;
  const input = witnessInput({ request, credential, holder, model: model.value, schema: schema.value, manifest });
  if (!input.ok) return input;

  let proving = began;
  const proof = await proveGroth16({
    manifest,
    wasm: files.wasm,
    zkey: files.zkey,
    input: input.value,
    onStage: ({ stage, fraction }) => {
      if (stage === 'witness') return onProgress({ stage: 'witness', fraction: WITNESS_DONE * fraction });
      if (proving === began) proving = now();
      onProgress({ stage: 'prove', fraction: WITNESS_DONE + (PROOF_DONE - WITNESS_DONE) * fraction });
    },
  });
  if (!proof.ok) return proof;

  const checking = now();
  onProgress({ stage: 'check', fraction: PROOF_DONE });
  const checked = verifyProof(bundle.value, request, proof.value);
  if (!checked.ok) return err('proof/self-check');
  const times = { witness: proving - began, prove: checking - proving, check: now() - checking };
  return ok({ proof: proof.value, nullifier: checked.value.nullifier, times });
}
