// The prover thread: exact integers, witness, proof, self-check. The page may end it at any moment.
import { expose } from 'comlink';
import type { ProverApi } from '../src/client/index.ts';
import { benchmark } from './prover/benchmark.ts';
import { guarded } from './shared/guarded.ts';

const load = () => import('./prover/prove.ts');

const api: ProverApi = {
  ping: () => undefined,
  benchmark(ms) {
    const rate = benchmark(ms, () => performance.now());
    // The check does not wait for the prover's code, nor does the code for the preview: fetched only after a pass, it would tell of it.
    void load().catch(() => undefined);
    return Promise.resolve(rate);
  },
  prove: (task, onProgress) =>
    guarded(async () =>
      (await load()).prove(task, {
        onProgress: (progress) => void onProgress(progress),
        now: () => performance.now(),
      }),
    ),
};

expose(api);
