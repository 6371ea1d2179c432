// The app's own client and workers, without its screens.
import { errorSentence, type Result } from '../../src/base/index.ts';
import { createClient, type ProofTask, type ProofTimes } from '../../src/client/index.ts';
import { openFiles, openVault } from '../../src/vault/index.ts';

export interface Measured {
  /** The preview's run in a loaded session. */
  readonly previewMs: number;
  readonly wholeMs: number;
  readonly times: ProofTimes;
  readonly proofBytes: number;
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${errorSentence(result.error)}`);
  return result.value;
}

const client = createClient({ vault: must(await openVault()), files: must(await openFiles()) });

async function bench(task: ProofTask): Promise<Measured> {
  const preview = must(await client.jobs.startPreview(task).result);
  const began = performance.now();
  const proved = must(await client.jobs.startProof(task).result);
  return {
    previewMs: preview.runMs,
    wholeMs: performance.now() - began,
    times: proved.times,
    proofBytes: JSON.stringify(proved.proof).length,
  };
}

Object.assign(globalThis, { bench });
