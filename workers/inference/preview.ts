import { checkCredential, type IntegerModel, modelInputs, parseIntegerModel } from '../../circuits/credit-score/index.ts';
import { err, ok, type Result } from '../../src/base/index.ts';
import type { Preview, PreviewJob, WebGpuState } from '../../src/client/index.ts';
import { parseJson } from '../../src/client/json.ts';
import { parseCredentialSchema } from '../../src/protocol/index.ts';
import { type Backend, type LoadedRuntime, loadRuntime } from './runtime.ts';

export interface PreviewOptions {
  readonly gpu: WebGpuState;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** How far two backends may differ, relative to 1 + |logit|: float32 sums in another order, nothing more. */
const TOLERANCE = 1e-3;

/**
 * What the float model says about a credential against a request's threshold. Only a picture: the exact integers decide, so within
 * the model's stated margin of the threshold it says `close`. Errors: credential/*, input/feature-*, bundle/malformed.
 */
export async function preview({ request, credential, files }: PreviewJob, { gpu, now }: PreviewOptions): Promise<Result<Preview>> {
  const schema = parseCredentialSchema(parseJson(files.schema));
  if (!schema.ok) return schema;
  const model = parseIntegerModel(parseJson(files.model), schema.value);
  if (!model.ok) return model;
  const checked = checkCredential({ credential, schema: schema.value, issuer: request.issuer, now: request.issuedAt });
  if (!checked.ok) return checked;
  const inputs = modelInputs(model.value, schema.value, checked.value.coded);

  const began = now();
  const runtime = await loadRuntime(gpu === 'right');
  const session = await chooseSession(runtime, files.preview, inputs);
  if (session === undefined) return err('bundle/malformed', { what: 'preview: not a model of this shape' });
  const loaded = now();
  const [logit] = await session.run([inputs]).finally(session.release);
  if (logit === undefined || !Number.isFinite(logit)) return err('bundle/malformed', { what: 'preview: no finite answer' });
  const done = now();
  const score = logit * 2 ** model.value.logitScale;
  return ok({
    outcome: outcomeOf(score, request.policy.threshold, model.value),
    score: Math.round(score),
    backend: session.backend,
    loadMs: loaded - began,
    runMs: done - loaded,
  });
}

export function outcomeOf(score: number, threshold: number, { margin }: Pick<IntegerModel, 'margin'>): Preview['outcome'] {
  if (Math.abs(score - threshold) <= margin) return 'close';
  return score > threshold ? 'pass' : 'fail';
}

interface Session {
  readonly backend: Backend;
  /** One logit a row. Rejects when the model does not take such rows. */
  run(rows: readonly (readonly number[])[]): Promise<readonly number[]>;
  release(): void;
}

/** The GPU only when this very model gives there what it gives in WebAssembly, on this input and on others. */
async function chooseSession(runtime: LoadedRuntime, model: Uint8Array, inputs: readonly number[]): Promise<Session | undefined> {
  const wasm = await open(runtime, model, 'wasm').catch(() => undefined);
  if (wasm === undefined || !runtime.backends.includes('webgpu')) return wasm;
  const webgpu = await open(runtime, model, 'webgpu').catch(() => undefined);
  if (webgpu === undefined) return wasm;
  const rows = [inputs, inputs.map(() => 0), inputs.map(() => 1), inputs.map((value, i) => (value * (i + 3)) % 17)];
  const same = agree(await wasm.run(rows), await webgpu.run(rows).catch(() => []));
  (same ? wasm : webgpu).release();
  return same ? webgpu : wasm;
}

/** Whether two backends gave the same logits, up to float32 rounding. */
export const agree = (right: readonly number[], answer: readonly number[]): boolean =>
  right.length > 0 &&
  right.length === answer.length &&
  right.every((value, i) => Math.abs(value - (answer[i] ?? Number.NaN)) <= TOLERANCE * (1 + Math.abs(value)));

async function open({ ort }: LoadedRuntime, model: Uint8Array, backend: Backend): Promise<Session> {
  const session = await ort.InferenceSession.create(model, { executionProviders: [backend] });
  const [input = '', output = ''] = [session.inputNames[0], session.outputNames[0]];
  return {
    backend,
    async run(rows) {
      const data = Float32Array.from(rows.flat());
      const answer = await session.run({ [input]: new ort.Tensor('float32', data, [rows.length, rows[0]?.length ?? 0]) });
      const logits = answer[output]?.data;
      if (!(logits instanceof Float32Array) || logits.length !== rows.length) throw new TypeError('preview: one logit a row');
      return [...logits];
    },
    release: () => void session.release().catch(() => undefined),
  };
}
