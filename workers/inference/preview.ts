import { checkCredential, type IntegerModel, modelInputs, parseIntegerModel } from '../../circuits/credit-score/index.ts';
import { err, ok, type Result } from '../../src/base/index.ts';
import type { Preview, PreviewJob, WebGpuState } from '../../src/client/index.ts';
import { parseJson } from '../../src/client/json.ts';
import { parseCredentialSchema } from '../../src/protocol/index.ts';
import { loadRuntime } from './runtime.ts';
import { openSessions, type Sessions } from './sessions.ts';

export interface PreviewOptions {
  readonly gpu: WebGpuState;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** By the model's hash: a second preview costs only its own run. */
const opened = new Map<string, Promise<Sessions>>();

/**
 * What the float model says about a credential against a request's threshold. Only a picture: the exact integers decide, so within
 * the model's stated margin of the threshold it says `close`. Errors: credential/*, input/feature-*, bundle/malformed.
 */
export async function preview(job: PreviewJob, { gpu, now }: PreviewOptions): Promise<Result<Preview>> {
  const { manifest, request, credential, files } = job;
  const schema = parseCredentialSchema(parseJson(files.schema));
  if (!schema.ok) return schema;
  const model = parseIntegerModel(parseJson(files.model), schema.value);
  if (!model.ok) return model;
  const checked = checkCredential({ credential, schema: schema.value, issuer: request.issuer, now: request.issuedAt });
  if (!checked.ok) return checked;
  const inputs = modelInputs(model.value, schema.value, checked.value.coded);

  const began = now();
  const runtime = await loadRuntime(gpu === 'right');
  const name = manifest.artefacts.preview.sha256;
  let sessions = opened.get(name);
  if (sessions === undefined) {
    sessions = openSessions(runtime, files.preview, inputs.length);
    opened.set(name, sessions);
  }
  const { run } = await sessions.catch((): Sessions => ({ run: () => Promise.resolve(undefined) }));
  const ready = now();
  const answer = await run(inputs);
  if (answer === undefined) {
    opened.delete(name);
    return err('bundle/malformed', { what: 'preview: not a model that gives these inputs one logit' });
  }
  const score = answer.logit * 2 ** model.value.logitScale;
  return ok({
    outcome: outcomeOf(score, request.policy.threshold, model.value),
    score: Math.round(score),
    backend: answer.backend,
    loadMs: ready - began,
    runMs: now() - ready,
  });
}

/** `close` within the margin by which the float model was ever seen to differ from the integers. */
export function outcomeOf(score: number, threshold: number, { margin }: Pick<IntegerModel, 'margin'>): Preview['outcome'] {
  if (Math.abs(score - threshold) <= margin) return 'close';
  return score > threshold ? 'pass' : 'fail';
}
