import { type ReactElement, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { err, type Result, type TacitError } from '../../base/index.ts';
import { MAX_MODEL_PROOF_BYTES } from '../../protocol/index.ts';
import { useAction } from '../state/load.ts';
import { chance } from '../state/model.ts';
import { useServices } from '../state/services.tsx';
import { CodeBlock } from '../ui/CodeBlock.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { FileDrop } from '../ui/FileDrop.tsx';
import { shortHash } from '../ui/format.ts';
import { Icon } from '../ui/Icon.tsx';
import { KeyValues } from '../ui/KeyValues.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { isDemoIssuer } from '../wallet/credentialView.ts';
import { checkModelProof, isModelProof, type ModelCheck, type NeedsNetwork } from './checkModelProof.ts';
import { type CheckedProof, checkProofFile } from './checkProofFile.ts';
import { ModelOutcome } from './ModelOutcome.tsx';

export function VerifyScreen(): ReactElement {
  const { t } = useTranslation();
  const { client } = useServices();
  const { busy, error, run } = useAction();
  const [checked, setChecked] = useState<Checked>();
  const take = async (file: File): Promise<void> => {
    setChecked(undefined);
    setChecked(
      await run(async (): Promise<Result<Checked>> => {
        if (file.size > MAX_MODEL_PROOF_BYTES) return err('input/too-large', { limit: '8 MB' });
        const text = await file.text();
        return isModelProof(text) ? checkModelProof(client, text) : checkProofFile(client, text);
      }),
    );
  };
  const bring = async ({ text }: NeedsNetwork, file: File): Promise<void> => {
    const result = await run(() => checkModelProof(client, text, file));
    if (result !== undefined) setChecked(result);
  };
  return (
    <Page title={t('verify.title')} lead={t('verify.lead')}>
      <FileDrop
        accept="application/json,.json"
        label={busy ? t('verify.checking') : checked === undefined && error === undefined ? t('verify.choose') : t('verify.another')}
        hint={t('verify.hint')}
        busy={busy}
        onFile={(file) => void take(file)}
      />
      {error !== undefined && (
        <ErrorNotice error={error} title={isVerdict(error) ? t('verify.invalidTitle') : t('verify.uncheckedTitle')} />
      )}
      {checked !== undefined && 'needs' in checked && (
        <Notice title={t('verifyModel.needTitle')}>
          <p>{t('verifyModel.needText', { model: shortHash(checked.needs) })}</p>
          <FileDrop
            accept=".bin,application/octet-stream"
            label={busy ? t('verify.checking') : t('verifyModel.needChoose')}
            hint={t('verifyModel.needHint')}
            busy={busy}
            onFile={(file) => void bring(checked, file)}
          />
        </Notice>
      )}
      {checked !== undefined && 'values' in checked && <ModelOutcome checked={checked} />}
      {checked !== undefined && 'published' in checked && <Outcome checked={checked} />}
    </Page>
  );
}

type Checked = CheckedProof | ModelCheck | NeedsNetwork;

/** Whether the proof was found wrong, or could only not be checked (another bundle, no connection). */
const isVerdict = ({ code }: TacitError): boolean => code.startsWith('proof/') || code === 'request/mismatch';

/** The answer in words: what follows from the proof, and what does not. */
function Outcome({ checked }: { readonly checked: CheckedProof }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { file, published, nullifier, bytes, took } = checked;
  const { request, proof } = file;
  const { partner, issuer } = request;
  const required = format.percent(chance(published.model, request.policy.threshold));
  const shown = [
    <Trans
      key="score"
      i18nKey="verify.shownScore"
      values={{ model: shortHash(published.manifest.model), chance: required, issuer: issuer.name }}
      components={{ m: <span className="mono" /> }}
    />,
    t('verify.shownTime', { time: format.dateTime(request.issuedAt) }),
    t('verify.shownRequest', { partner: partner.name, origin: request.origin, scope: request.scope }),
  ];
  const notShown = [
    t('verify.notShownTrue'),
    t('verify.notShownWho'),
    t('verify.notShownPerson'),
    t('verify.notShownAccepted', { partner: partner.name }),
  ];
  return (
    <>
      <Notice kind="ok" live title={t('verify.validTitle')}>
        {t('verify.validText')}
      </Notice>
      {issuer.demo || isDemoIssuer(request) ? (
        <Notice kind="warn" title={t('demo.issuerTitle')}>
          {t('verify.demoIssuer')}
        </Notice>
      ) : (
        // A file can call any key a bureau's: the name counts for nothing until the key is compared.
        <Notice kind="warn" title={t('verify.unsignedTitle')}>
          {t('verify.unsigned', { issuer: issuer.name })}
        </Notice>
      )}
      {published.manifest.system === 'groth16' && published.manifest.keys === 'development' && (
        <Notice kind="warn" title={t('demo.developmentTitle')}>
          {t('verify.devKeys')}
        </Notice>
      )}
      <section className="card">
        <h2>{t('verify.shownTitle')}</h2>
        <ul className="points">
          {shown.map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list
            <li key={at}>
              <Icon name="check" />
              <span>{line}</span>
            </li>
          ))}
        </ul>
        <h2>{t('verify.notShownTitle')}</h2>
        <ul className="points points-not">
          {notShown.map((line) => (
            <li key={line}>
              <Icon name="close" />
              <span>{line}</span>
            </li>
          ))}
        </ul>
      </section>
      <section className="card">
        <h2>{t('verify.partsTitle')}</h2>
        <KeyValues
          long
          rows={[
            { key: 'size', name: t('verify.sizeName'), value: format.bytes(bytes) },
            { key: 'issuer', name: t('verify.issuerKey'), value: `${issuer.x} ${issuer.y}`, mono: true },
            { key: 'bundle', name: t('verify.bundleName'), value: proof.bundle, mono: true },
            { key: 'nullifier', name: t('verify.nullifierName'), value: nullifier, mono: true },
          ]}
        />
        <Disclosure summary={t('common.details')}>
          <CodeBlock text={JSON.stringify(file, null, 2)} />
        </Disclosure>
        <p className="quiet small">{t('verify.checkedIn', { time: format.duration(took, true) })}</p>
      </section>
    </>
  );
}
