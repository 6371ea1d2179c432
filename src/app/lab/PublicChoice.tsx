import { type ReactElement, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelAbout } from '../../client/index.ts';
import { useFormat } from '../ui/useFormat.ts';
import type { Reading } from './useReading.ts';

export type Choice = 'outputs' | 'class' | 'atLeast';
const choices: readonly Choice[] = ['outputs', 'class', 'atLeast'];

/** The bound that is offered: the whole number just below the winner's output, in steps of the output's scale, rounded up. */
const boundOf = ({ values, integers, digit }: Reading): { readonly real: number; readonly steps: number } => {
  const [value, integer] = [values[digit] ?? 0, integers[digit] ?? 0];
  const real = Math.floor(value);
  return { real, steps: integer === 0 ? 0 : Math.ceil(real / (value / integer)) + 0 };
};

/** What the program is to show of the outputs; undefined: all of them, or nothing is read yet. */
export function policyOf(choice: Choice, reading: Reading | undefined): ModelAbout['policy'] {
  if (reading === undefined || choice === 'outputs') return undefined;
  return choice === 'class'
    ? { kind: 'class', index: reading.digit }
    : { kind: 'at-least', index: reading.digit, value: boundOf(reading).steps };
}

interface Props {
  readonly choice: Choice;
  readonly reading: Reading | undefined;
  readonly disabled: boolean;
  readonly onChoice: (choice: Choice) => void;
}

/** What becomes public of what the network says. */
export function PublicChoice({ choice, reading, disabled, onChoice }: Props): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const digit = reading === undefined ? '…' : format.number(reading.digit);
  const value = reading === undefined ? '…' : format.number(boundOf(reading).real);
  const words: Readonly<Record<Choice, readonly [string, string]>> = {
    outputs: [t('lab.publicOutputs'), t('lab.publicOutputsText')],
    class: [t('lab.publicClass', { digit }), t('lab.publicClassText')],
    atLeast: [t('lab.publicAtLeast', { digit, value }), t('lab.publicAtLeastText')],
  };
  return (
    <fieldset className="stack lab-public" disabled={disabled}>
      <legend className="legend">{t('lab.publicTitle')}</legend>
      <div className="choices">
        {choices.map((each) => (
          <label key={each} className="choice">
            <input type="radio" name="public" value={each} checked={choice === each} onChange={() => onChoice(each)} />
            <span>
              <span className="choice-name">{words[each][0]}</span>
              <br />
              <span className="choice-text">{words[each][1]}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A value once it has not changed for `ms` milliseconds. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
