import { useCallback } from 'react';
import type { ModelMade, ModelTask, TransparentProved } from '../../client/index.ts';
import { useServices } from '../state/services.tsx';
import { type RunningJob, useJob } from '../state/useJob.ts';

/** One proof of a model at a time. */
export function useProving(): Omit<RunningJob<TransparentProved<ModelMade>>, 'start'> & { readonly start: (task: ModelTask) => void } {
  const { client } = useServices();
  const { start, ...job } = useJob<TransparentProved<ModelMade>>();
  return {
    ...job,
    start: useCallback((task) => start((onProgress) => client.transparent.prove('model', task, { onProgress })), [client, start]),
  };
}
