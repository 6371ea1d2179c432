import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from './Icon.tsx';
import { useFormat } from './useFormat.ts';

/** Where one stands: all steps on a wide screen, the current one and the count on a narrow one. */
export function Stepper({ steps, current }: { readonly steps: readonly string[]; readonly current: number }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <nav className="stepper" aria-label={t('flow.steps')}>
      <ol className="stepper-list">
        {steps.map((name, at) => (
          <li
            key={name}
            className={`stepper-step ${at < current ? 'is-done' : at === current ? 'is-now' : ''}`}
            aria-current={at === current ? 'step' : undefined}
          >
            <span className="stepper-bar" aria-hidden="true" />
            <span className="stepper-name">
              {at < current && <Icon name="check" />}
              {name}
              {at < current && <span className="hidden-visually"> {t('flow.stepDone')}</span>}
            </span>
          </li>
        ))}
      </ol>
      {current < steps.length && (
        <p className="stepper-count" aria-hidden="true">
          {t('flow.stepCount', { at: format.number(current + 1), of: format.number(steps.length), name: steps[current] ?? '' })}
        </p>
      )}
    </nav>
  );
}
