import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

export type Choice = 'outputs' | 'class' | 'atLeast';
export interface Option {
  readonly value: Choice;
  readonly name: string;
  readonly text: string;
}

interface Props {
  readonly options: readonly Option[];
  readonly choice: Choice;
  readonly disabled: boolean;
  readonly onChoice: (choice: Choice) => void;
  /** What the chosen one asks besides. */
  readonly children?: ReactNode;
}

/** What becomes public of what the network says. */
export function PublicChoice({ options, choice, disabled, onChoice, children }: Props): ReactElement {
  const { t } = useTranslation();
  return (
    <fieldset className="stack lab-public" disabled={disabled}>
      <legend className="legend">{t('lab.publicTitle')}</legend>
      <div className="choices">
        {options.map(({ value, name, text }) => (
          <label key={value} className="choice">
            <input type="radio" name="public" value={value} checked={choice === value} onChange={() => onChoice(value)} />
            <span>
              <span className="choice-name">{name}</span>
              <br />
              <span className="choice-text">{text}</span>
            </span>
          </label>
        ))}
      </div>
      {children}
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
