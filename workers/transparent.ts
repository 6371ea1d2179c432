// The thread of transparent proofs: program, kernels, proof, self-check. The page may end it at any moment.
import { expose } from 'comlink';
import type { TransparentApi } from '../src/client/index.ts';
import { guarded } from './shared/guarded.ts';

/** The prover and its statements are loaded when the first proof is asked for. */
const load = () => import('./transparent/prove.ts');
const now = () => performance.now();

const api: TransparentApi = {
  ping: () => undefined,
  prepare: (kind, about) => guarded(async () => (await load()).prepare(kind, about)),
  prove: (kind, task, budget, onProgress) =>
    guarded(async () => (await load()).prove(kind, task, { budget, onProgress: (report) => void onProgress(report), now })),
  verifyModel: (network, text) => guarded(async () => (await import('./transparent/verify.ts')).verifyModel(network, text, now)),
};

expose(api);
