import { useCallback, useEffect, useRef } from 'react';
import { err, type TacitError } from '../../base/index.ts';
import type { Job, TransparentPlan } from '../../client/index.ts';
import type { FaceRequest } from '../../protocol/index.ts';
import { useServices } from '../state/services.tsx';

/** As the prover itself would refuse it, in megabytes. */
function tooLarge({ memoryBytes, budget }: Pick<TransparentPlan, 'memoryBytes' | 'budget'>): TacitError {
  const refused = err('prove/memory', { needed: Math.ceil(memoryBytes / 1e6), limit: Math.floor(budget / 1e6) });
  return refused.ok ? { code: 'prove/memory' } : refused.error;
}

/**
 * Networks, program and registry while the person looks into the camera; a device without the memory is told before the picture. A new
 * round looks again; closing the screen ends it, and so does what is returned.
 */
export function usePrepare(
  what: 'face-enrol' | FaceRequest,
  wanted: boolean,
  round: number,
  onRefused: (error: TacitError) => void,
): () => void {
  const { client } = useServices();
  const job = useRef<Job<TransparentPlan>>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round looks again
  useEffect(() => {
    if (!wanted) return;
    const mine = client.faces.prepare(what);
    job.current = mine;
    void mine.result.then((plan) => {
      if (job.current !== mine) return;
      if (!plan.ok) plan.error.code !== 'job/cancelled' && onRefused(plan.error);
      else if (plan.value.memoryBytes > plan.value.budget) onRefused(tooLarge(plan.value));
    });
  }, [wanted, round, what, client, onRefused]);
  const cancel = useCallback(() => job.current?.cancel(), []);
  useEffect(() => cancel, [cancel]);
  return cancel;
}
