import type { Measured, Task } from '../transparentRun.ts';

const bytes = async (path: string): Promise<Uint8Array> => new Uint8Array(await (await fetch(path)).arrayBuffer());

/** One program in a fresh worker: the task comes from the server, since it can be large. */
async function transparent(name: string, threads: number, runs: number): Promise<Measured> {
  const worker = new Worker(new URL('./transparent.worker.ts', import.meta.url), { type: 'module' });
  const path = `/bench/${encodeURIComponent(name)}`;
  const { parts, ...about } = (await (await fetch(`${path}.json`)).json()) as Task & { readonly parts: readonly string[] };
  const loaded = await Promise.all(parts.map(async (part) => [part, await bytes(`${path}.${part}`)] as const));
  const whole = { ...about, ...Object.fromEntries(loaded) } as Task;
  const task: Task = whole.kind === 'face' ? { ...whole, frame: Int32Array.from(whole.frame) } : whole;
  const job = {
    task,
    threads: crossOriginIsolated ? threads : 1,
    runs,
    wasm: await bytes(`/bench/kernel${threads > 1 && crossOriginIsolated ? '.threads' : ''}.wasm`),
    integerWasm: await bytes('/bench/integer.wasm'),
  };
  try {
    return await new Promise<Measured>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<{ measured: Measured } | { error: string }>) =>
        'error' in data ? reject(new Error(data.error)) : resolve(data.measured);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(job);
    });
  } finally {
    worker.terminate();
  }
}

Object.assign(globalThis, { transparent });
