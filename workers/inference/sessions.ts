import type { Backend, LoadedRuntime } from './runtime.ts';

export interface Answer {
  readonly logit: number;
  readonly backend: Backend;
}

/** A model, ready to run on WebAssembly and, where it gives the same there, on the GPU. */
export interface Sessions {
  /** Undefined when the model does not give one finite number for such inputs. */
  run(inputs: readonly number[]): Promise<Answer | undefined>;
}

type Run = (rows: readonly (readonly number[])[]) => Promise<readonly number[]>;

/** How far two backends may differ, relative to 1 + |logit|: float32 sums in another order, nothing more. */
const TOLERANCE = 1e-3;
/** A GPU driver that takes longer to begin must not hold the person up. */
const GPU_LIMIT_MS = 15_000;

/** Whether two backends gave the same logits, up to float32 rounding. */
export const agree = (right: readonly number[], answer: readonly number[]): boolean =>
  right.length > 0 &&
  right.length === answer.length &&
  right.every((value, i) => Math.abs(value - (answer[i] ?? Number.NaN)) <= TOLERANCE * (1 + Math.abs(value)));

/** Rejects when `model` is no ONNX model. `width`: inputs of the model. */
export async function openSessions(runtime: LoadedRuntime, model: Uint8Array, width: number): Promise<Sessions> {
  const wasm = await open(runtime, model, 'wasm');
  let webgpu = runtime.backends.includes('webgpu') ? await inTime(tested(runtime, model, wasm, width)) : undefined;
  return {
    async run(inputs) {
      try {
        const [right = Number.NaN] = await wasm([inputs]);
        if (!Number.isFinite(right)) return undefined;
        // The known-answer test goes on with every answer: WebAssembly has it in a fraction of a millisecond.
        const answer = await webgpu?.([inputs]).catch(() => []);
        if (answer !== undefined && agree([right], answer)) return { logit: answer[0] ?? right, backend: 'webgpu' };
        webgpu = undefined;
        return { logit: right, backend: 'wasm' };
      } catch {
        return undefined;
      }
    },
  };
}

/** The GPU's session when it gives what WebAssembly gives on inputs unlike each other; undefined otherwise. */
async function tested(runtime: LoadedRuntime, model: Uint8Array, wasm: Run, width: number): Promise<Run | undefined> {
  const rows = [0, 1, 2, 3].map((row) => Array.from({ length: width }, (_, i) => (row * (i * 7 + 3 * row + 1)) % 29));
  const webgpu = await open(runtime, model, 'webgpu');
  return agree(await wasm(rows), await webgpu(rows)) ? webgpu : undefined;
}

async function inTime<T>(work: Promise<T | undefined>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, GPU_LIMIT_MS);
  });
  const first = await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
  return first;
}

async function open({ ort }: LoadedRuntime, model: Uint8Array, backend: Backend): Promise<Run> {
  const session = await ort.InferenceSession.create(model, { executionProviders: [backend] });
  const [input = '', output = ''] = [session.inputNames[0], session.outputNames[0]];
  return async (rows) => {
    const shape = [rows.length, rows[0]?.length ?? 0];
    const answer = await session.run({ [input]: new ort.Tensor('float32', Float32Array.from(rows.flat()), shape) });
    const logits = answer[output]?.data;
    return logits instanceof Float32Array && logits.length === rows.length ? [...logits] : [];
  };
}
