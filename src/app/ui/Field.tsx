import { type InputHTMLAttributes, type ReactElement, type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from './Icon.tsx';

interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: ReactNode;
}

type InputProps = FieldProps & Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'className'>;

const describedBy = (id: string, hint: ReactNode, error: ReactNode): string | undefined =>
  [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean).join(' ') || undefined;

/** A labelled frame; the error stands beside the field it is about, and is spoken when it appears. */
export const FieldFrame = ({
  id,
  label,
  hint,
  error,
  children,
}: FieldProps & { readonly id: string; readonly children: ReactNode }): ReactElement => (
  <div className="field">
    <label className="field-label" htmlFor={id}>
      {label}
    </label>
    {hint !== undefined && (
      <p className="field-hint" id={`${id}-hint`}>
        {hint}
      </p>
    )}
    {children}
    <p className="field-error" id={`${id}-error`} role="alert">
      {error}
    </p>
  </div>
);

export function Field({ label, hint, error, ...input }: InputProps): ReactElement {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <input
        {...input}
        id={id}
        className="input"
        aria-invalid={error !== undefined || undefined}
        aria-describedby={describedBy(id, hint, error)}
      />
    </FieldFrame>
  );
}

/** A secret that can be shown, so that it can be typed right on a phone. */
export function SecretField({ label, hint, error, ...input }: Omit<InputProps, 'type'>): ReactElement {
  const id = useId();
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <div className="input-with-button">
        <input
          {...input}
          id={id}
          type={shown ? 'text' : 'password'}
          className="input"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          aria-invalid={error !== undefined || undefined}
          aria-describedby={describedBy(id, hint, error)}
        />
        <button
          type="button"
          className="input-button"
          aria-pressed={shown}
          aria-label={t('common.showSecret')}
          onClick={() => setShown(!shown)}
        >
          <Icon name={shown ? 'eye-off' : 'eye'} />
        </button>
      </div>
    </FieldFrame>
  );
}

type SelectProps<T extends string> = FieldProps & {
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
};

export function SelectField<T extends string>({ label, hint, error, value, options, onChange }: SelectProps<T>): ReactElement {
  const id = useId();
  const chosen = (text: string): T | undefined => options.find((option) => option.value === text)?.value;
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <select
        id={id}
        className="input select"
        value={value}
        aria-describedby={describedBy(id, hint, error)}
        onChange={(event) => {
          const next = chosen(event.target.value);
          if (next !== undefined) onChange(next);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}
