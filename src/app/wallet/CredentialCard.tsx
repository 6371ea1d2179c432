import { type ReactElement, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { CredentialRecord } from '../../vault/index.ts';
import { nowSeconds } from '../state/clock.ts';
import { Rosette } from '../ui/Rosette.tsx';
import { Tag } from '../ui/Tag.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { fingerprint, isDemoIssuer, validity } from './credentialView.ts';

/** The face of a credential: whose word, how long it counts, and the figure drawn from its fingerprint. No value. */
export function CredentialFace({ record }: { readonly record: CredentialRecord }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { credential } = record;
  const hash = useMemo(() => fingerprint(credential), [credential]);
  const state = validity(credential, nowSeconds());
  const until = { date: format.date(credential.expiresAt) };
  return (
    <div className="credential">
      <Rosette hash={hash} className="credential-rosette" />
      <div className="credential-text">
        <p className="credential-name">{record.label}</p>
        <p className="quiet small">
          {t('wallet.attestedBy')} {credential.issuer.name}
        </p>
        <p className="row credential-tags">
          {isDemoIssuer(credential) && <Tag kind="warn">{t('wallet.demoTag')}</Tag>}
          {state === 'valid' && <Tag kind="ok">{t('wallet.validUntil', until)}</Tag>}
          {state === 'soon' && <Tag kind="warn">{t('wallet.expiresSoon', until)}</Tag>}
          {state === 'expired' && <Tag kind="danger">{t('wallet.expiredOn', until)}</Tag>}
        </p>
      </div>
    </div>
  );
}

export const CredentialCard = ({ record }: { readonly record: CredentialRecord }): ReactElement => (
  <Link href={`/wallet/${record.id}`} className="card credential-card">
    <CredentialFace record={record} />
  </Link>
);
