import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { type ModelMade, type TransparentProved, transparentStages } from '../../client/index.ts';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';
import { KeyValues } from '../ui/KeyValues.tsx';
import { Notice } from '../ui/Notice.tsx';
import { saveFile } from '../ui/saveFile.ts';
import { useFormat } from '../ui/useFormat.ts';
import { bitsShown } from './bits.ts';

/** How what is saved is called, and how another machine checks it. */
export interface ProofFiles {
  readonly proof: string;
  readonly opening: string;
  readonly command: string;
}

interface Props {
  readonly proved: TransparentProved<ModelMade>;
  readonly files: ProofFiles;
  readonly openingText: string;
}

/** A finished proof: what it took, the file, and, apart from it, the opening. */
export function Proven({ proved, files, openingText }: Props): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { made, proofBytes, memoryBytes, soundness, times } = proved;
  const whole = transparentStages.reduce((sum, stage) => sum + times[stage], 0);
  return (
    <>
      <Notice kind="ok" live title={t('lab.doneTitle', { time: format.duration(whole, true) })}>
        {t('lab.doneText')}
      </Notice>
      <KeyValues
        rows={[
          { key: 'size', name: t('lab.planSize'), value: format.bytes(proofBytes) },
          { key: 'bits', name: t('lab.planBits'), value: t('lab.planBitsValue', bitsShown(format, soundness)) },
          { key: 'memory', name: t('lab.planMemory'), value: format.bytes(memoryBytes) },
        ]}
      />
      <Disclosure summary={t('lab.doneTimes')}>
        <KeyValues
          rows={transparentStages.map((stage) => ({
            key: stage,
            name: t(`lab.stages.${stage}`),
            value: format.duration(times[stage], true),
          }))}
        />
      </Disclosure>
      <div className="row">
        <Button kind="seal" icon="download" onClick={() => saveFile(files.proof, `${JSON.stringify(made.file, null, 2)}\n`)}>
          {t('lab.save')}
        </Button>
        <ButtonLink href="/verify" icon="verify">
          {t('lab.checkLink')}
        </ButtonLink>
      </div>
      <div>
        <p className="quiet small">{t('lab.saveText')}</p>
        <p className="mono small">{files.command}</p>
      </div>
      <Notice
        kind="warn"
        title={t('lab.openingTitle')}
        actions={
          <Button icon="key" onClick={() => saveFile(files.opening, `${JSON.stringify(made.opening)}\n`)}>
            {t('lab.openingSave')}
          </Button>
        }
      >
        {openingText}
      </Notice>
    </>
  );
}
