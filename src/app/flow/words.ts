import type { ProofRequest } from '../../protocol/index.ts';
import { chance, type Published } from '../state/model.ts';
import { useFormat } from '../ui/useFormat.ts';

/** A threshold as the chance of repaying it stands for, rounded as it is shown; in the score's own units without the model. */
export function useThreshold(published: Published | undefined): (threshold: number) => string {
  const format = useFormat();
  return (threshold) => (published === undefined ? format.number(threshold) : format.percent(chance(published.model, threshold)));
}

/** Numbers of a request in words. */
export const requestWords = (
  { policy }: Pick<ProofRequest, 'policy'>,
  published: Published | undefined,
  format: Pick<ReturnType<typeof useFormat>, 'percent' | 'number'>,
) => ({
  /** The threshold as a chance of repaying, rounded as it is shown; undefined without the model. */
  required: published === undefined ? undefined : format.percent(chance(published.model, policy.threshold)),
  threshold: format.number(policy.threshold),
});

export const useRequestWords = (request: ProofRequest, published: Published | undefined) => requestWords(request, published, useFormat());
