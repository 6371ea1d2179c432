import type { ReactElement } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { bitsShown } from '../lab/bits.ts';
import { CodeBlock } from '../ui/CodeBlock.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';
import { shortHash } from '../ui/format.ts';
import { Icon } from '../ui/Icon.tsx';
import { KeyValues, type Row } from '../ui/KeyValues.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useFormat } from '../ui/useFormat.ts';
import type { ModelCheck } from './checkModelProof.ts';

const SHOWN = 16;

/** What follows from a model's proof that holds, and what does not. */
export function ModelOutcome({ checked }: { readonly checked: ModelCheck }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { file, values, soundness, bytes, took, network } = checked;
  const mono = { m: <span className="mono" /> };
  const shown = [
    <Trans key="run" i18nKey="verifyModel.shownRun" values={{ model: shortHash(file.model) }} components={mono} />,
    t('verifyModel.shownBits', bitsShown(format, soundness)),
    <Trans key="nonce" i18nKey="verifyModel.shownNonce" values={{ nonce: shortHash(file.nonce) }} components={mono} />,
  ];
  const notShown = [
    t('verifyModel.notShownInput'),
    t('verifyModel.notShownReal'),
    t('verifyModel.notShownWho'),
    t('verifyModel.notShownRight'),
  ];
  return (
    <>
      <Notice kind="ok" live title={t('verifyModel.validTitle')}>
        {t('verifyModel.validText')}
      </Notice>
      <section className="card">
        <h2>{t('verifyModel.resultName')}</h2>
        <Result checked={checked} />
        <KeyValues
          rows={values.flatMap((output, o) => outputRows(output, o, values.length, format, (at) => t('verifyModel.outputName', { at })))}
        />
      </section>
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
            {
              key: 'model',
              name: t('verifyModel.modelName'),
              value: network === undefined ? t('verifyModel.digitNet') : t('verifyModel.otherNet', { name: network }),
            },
            { key: 'hash', name: t('verifyModel.modelHash'), value: file.model, mono: true },
            { key: 'commitment', name: t('verifyModel.commitment'), value: file.inputCommitment, mono: true },
            { key: 'bits', name: t('lab.planBits'), value: t('lab.planBitsValue', bitsShown(format, soundness)) },
          ]}
        />
        <Disclosure summary={t('common.details')}>
          <CodeBlock text={JSON.stringify({ ...file, proof: `${file.proof.slice(0, 64)}…` }, null, 2)} />
        </Disclosure>
        <p className="quiet small">{t('verify.checkedIn', { time: format.duration(took, true) })}</p>
      </section>
    </>
  );
}

function Result({ checked: { file, values, bound, network } }: { readonly checked: ModelCheck }): ReactElement | null {
  const { t } = useTranslation();
  const format = useFormat();
  const { policy } = file;
  const [outputs = []] = values;
  // What the outputs of somebody's own network mean is not known here.
  const largest = policy?.kind === 'class' ? policy.index : network === undefined ? outputs.indexOf(Math.max(...outputs)) : undefined;
  if (policy?.kind === 'at-least') {
    const value = bound === undefined ? format.number(policy.value) : format.number(bound, 3);
    return <p className="lab-says">{t('verifyModel.resultBound', { digit: format.number(policy.index), value })}</p>;
  }
  return largest === undefined ? null : <p className="lab-says">{t('verifyModel.resultDigit', { digit: format.number(largest) })}</p>;
}

function outputRows(
  output: readonly number[],
  at: number,
  count: number,
  format: ReturnType<typeof useFormat>,
  called: (at: string) => string,
): Row[] {
  const name = (i: number): string => called(count > 1 ? `${format.number(at)}.${format.number(i)}` : format.number(i));
  const rows = output.slice(0, SHOWN).map((value, i): Row => ({ key: `${at}.${i}`, name: name(i), value: format.number(value, 3) }));
  return output.length > SHOWN ? [...rows, { key: `${at}.more`, name: '…', value: format.number(output.length) }] : rows;
}
