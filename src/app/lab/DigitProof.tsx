import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelAbout } from '../../client/index.ts';
import { useFormat } from '../ui/useFormat.ts';
import { ProveCard } from './ProveCard.tsx';
import { type Choice, type Option, PublicChoice } from './PublicChoice.tsx';
import type { Reading } from './useReading.ts';

const FILES = {
  proof: 'digit-proof.json',
  opening: 'digit-opening.private.json',
  command: 'tacit verify digit-proof.json --bundle circuits/digit-net',
};

/** The bound that is offered: the whole number just below the winner's output, in steps of the output's scale, rounded up. */
const boundOf = ({ values, integers, digit }: Reading): { readonly real: number; readonly steps: number } => {
  const [value, integer] = [values[digit] ?? 0, integers[digit] ?? 0];
  const real = Math.floor(value);
  return { real, steps: integer === 0 ? 0 : Math.ceil(real / (value / integer)) + 0 };
};

/** What the program is to show of the outputs; undefined: all of them, or nothing is read yet. */
function policyOf(choice: Choice, reading: Reading | undefined): ModelAbout['policy'] {
  if (reading === undefined || choice === 'outputs') return undefined;
  return choice === 'class'
    ? { kind: 'class', index: reading.digit }
    : { kind: 'at-least', index: reading.digit, value: boundOf(reading).steps };
}

interface Props {
  readonly network: Uint8Array<ArrayBuffer>;
  readonly picture: Float64Array<ArrayBuffer> | undefined;
  readonly reading: Reading | undefined;
}

/** The proof of what the digit net says of the drawing. */
export function DigitProof({ network, picture, reading }: Props): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const [choice, setChoice] = useState<Choice>('outputs');
  const digit = reading === undefined ? '…' : format.number(reading.digit);
  const value = reading === undefined ? '…' : format.number(boundOf(reading).real);
  const options: readonly Option[] = [
    { value: 'outputs', name: t('lab.publicOutputs'), text: t('lab.publicOutputsText') },
    { value: 'class', name: t('lab.publicClass', { digit }), text: t('lab.publicClassText') },
    { value: 'atLeast', name: t('lab.publicAtLeast', { digit, value }), text: t('lab.publicAtLeastText') },
  ];
  return (
    <ProveCard
      network={network}
      policy={policyOf(choice, reading)}
      input={reading === undefined ? undefined : picture}
      files={FILES}
      openingText={t('lab.openingText')}
      choice={(running) => <PublicChoice options={options} choice={choice} disabled={running} onChoice={setChoice} />}
    />
  );
}
