// The prover thread: exact integers, witness, proof, self-check. The page may end it at any moment.
import { expose } from 'comlink';
import type { ProverApi } from '../src/client/index.ts';
import { benchmark } from './prover/benchmark.ts';
import { guarded } from './shared/guarded.ts';

const api: ProverApi = {
  ping: () => undefined,
  benchmark: (ms) => Promise.resolve(benchmark(ms, () => performance.now())),
  // Loaded when first needed: the device check must not wait for the prover's code.
  prove: (task, onProgress) =>
    guarded(async () =>
      (await import('./prover/prove.ts')).prove(task, {
        onProgress: (progress) => void onProgress(progress),
        now: () => performance.now(),
      }),
    ),
};

expose(api);
