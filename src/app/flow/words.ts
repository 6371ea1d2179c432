import { useTranslation } from 'react-i18next';
import type { ProofRequest } from '../../protocol/index.ts';
import { chance, type Published } from '../state/model.ts';
import { useFormat } from '../ui/useFormat.ts';

/** Numbers of a request in words. */
export function useRequestWords(request: ProofRequest, published: Published | undefined) {
  const { t } = useTranslation();
  const format = useFormat();
  return {
    /** The threshold as a chance of repaying, rounded as it is shown; undefined without the model. */
    required: published === undefined ? undefined : format.percent(chance(published.model, request.policy.threshold)),
    threshold: format.number(request.policy.threshold),
    retention: request.retentionDays === 0 ? t('flow.retentionNone') : t('flow.retention', { count: request.retentionDays }),
  };
}
