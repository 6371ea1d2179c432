import { err, ok, type Result } from '../../src/base/index.ts';
import type { WebGpuState } from '../../src/client/index.ts';
import { cosine } from '../../src/face/index.ts';
import { type Backend, type LoadedRuntime, loadRuntime } from './runtime.ts';

/** A network from an aligned face to its numbers. */
export interface Embedder {
  /** `planes`: red, green and blue, 1x3x112x112, normalised. Undefined when the model gives no finite numbers. */
  run(planes: Float32Array): Promise<Float32Array | undefined>;
  /** What ran last. */
  backend(): Backend;
}

type Run = (planes: Float32Array) => Promise<Float32Array | undefined>;

const SHAPE = [1, 3, 112, 112] as const;
/** Cosine of the same face on two backends: float32 sums in another order, nothing more. */
const SAME = 0.999;

/** On the GPU where it passed its test and gives the first face the numbers that WebAssembly gives; else in WebAssembly. Errors: bundle/malformed. */
export async function openEmbedder(model: Uint8Array, gpu: WebGpuState): Promise<Result<Embedder>> {
  const runtime = await loadRuntime(gpu === 'right');
  try {
    return ok(
      embedderOn(await open(runtime, model, 'wasm'), () =>
        runtime.backends.includes('webgpu') ? open(runtime, model, 'webgpu') : undefined,
      ),
    );
  } catch {
    return err('bundle/malformed', { what: 'preview: not an ONNX model' });
  }
}

/** `openGpu`: undefined where there is none. */
export function embedderOn(wasm: Run, openGpu: () => Promise<Run> | undefined): Embedder {
  let gpu: Run | undefined;
  let tried = false;
  let last: Backend = 'wasm';
  return {
    async run(planes) {
      last = 'wasm';
      if (tried && gpu !== undefined) {
        const answer = await gpu(planes).catch(() => undefined);
        if (answer !== undefined) {
          last = 'webgpu';
          return answer;
        }
        gpu = undefined;
      }
      const right = await wasm(planes);
      if (!tried) {
        tried = true;
        // Not waited for: the first answer is WebAssembly's, and the GPU has the time until the next to show that it agrees.
        void openGpu()
          ?.then(async (run) => {
            const answer = await run(planes);
            if (right !== undefined && answer !== undefined && cosine(right, answer) > SAME) gpu = run;
          })
          .catch(() => undefined);
      }
      return right;
    },
    backend: () => last,
  };
}

async function open({ ort }: LoadedRuntime, model: Uint8Array, backend: Backend): Promise<Run> {
  const session = await ort.InferenceSession.create(model, { executionProviders: [backend] });
  const [input = '', output = ''] = [session.inputNames[0], session.outputNames[0]];
  let turn: Promise<unknown> = Promise.resolve();
  return (planes) => {
    const answer = turn.then(async () => {
      const { [output]: found } = await session.run({ [input]: new ort.Tensor('float32', planes, SHAPE) });
      const { data } = found ?? {};
      return data instanceof Float32Array && data.length > 1 && data.every(Number.isFinite) ? Float32Array.from(data) : undefined;
    });
    turn = answer.catch(() => undefined);
    return answer;
  };
}
