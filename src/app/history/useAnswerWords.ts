import { useTranslation } from 'react-i18next';
import { ok } from '../../base/index.ts';
import type { AnyRequest } from '../../protocol/index.ts';
import { cosineOf } from '../face/request/words.ts';
import { requestWords } from '../flow/words.ts';
import { useLoad } from '../state/load.ts';
import { loadPublished } from '../state/model.ts';
import { useServices } from '../state/services.tsx';
import { useFormat } from '../ui/useFormat.ts';

/** What was asked and who vouched, of a request of any statement. */
export function useAnswerWords(request: AnyRequest): { readonly question: string; readonly vouched: string; readonly retention: string } {
  const { t } = useTranslation();
  const format = useFormat();
  const { client } = useServices();
  const bundle = request.statement === 'face-match' ? undefined : request.bundle;
  const [published] = useLoad(async () => {
    if (bundle === undefined) return ok(undefined);
    const manifest = await client.bundles.manifest(bundle);
    return manifest.ok ? loadPublished(client, manifest.value) : manifest;
  }, [client, bundle]);
  const retention = request.retentionDays === 0 ? t('flow.retentionNone') : t('flow.retention', { count: request.retentionDays });
  if (request.statement === 'face-match') {
    const cosine = format.number(cosineOf(request.policy.threshold), 2);
    return { question: t('faces.questionLine', { cosine }), vouched: request.registrar?.name ?? t('faces.nobody'), retention };
  }
  const words = requestWords(request, published.status === 'ready' ? published.value : undefined, format);
  const question =
    words.required === undefined
      ? t('history.questionRaw', { threshold: words.threshold })
      : t('history.questionChance', { chance: words.required });
  return { question, vouched: request.issuer.name, retention };
}
