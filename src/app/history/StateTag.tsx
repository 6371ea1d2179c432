import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistoryRecord } from '../../vault/index.ts';
import { Tag } from '../ui/Tag.tsx';

const kinds: Partial<Record<HistoryRecord['state'], 'ok' | 'warn' | 'danger'>> = { accepted: 'ok', queued: 'warn', failed: 'danger' };

export function StateTag({ state }: { readonly state: HistoryRecord['state'] }): ReactElement {
  const { t } = useTranslation();
  const kind = kinds[state];
  return <Tag {...(kind === undefined ? {} : { kind })}>{t(`history.states.${state}`)}</Tag>;
}
