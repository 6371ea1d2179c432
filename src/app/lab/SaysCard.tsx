import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { useFormat } from '../ui/useFormat.ts';
import type { Reading, ReadingState } from './useReading.ts';

/** The network's answer while one draws: exact outputs as bars, the float ones as marks on them. */
export function SaysCard({
  reading: { reading, error },
  loading,
}: {
  readonly reading: ReadingState;
  readonly loading: boolean;
}): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const same = reading === undefined || reading.digit === reading.floatDigit;
  return (
    <section className="card" aria-labelledby="lab-says">
      <h2 id="lab-says">{t('lab.saysTitle')}</h2>
      <p className={reading === undefined ? 'quiet' : 'lab-says'} role="status">
        {reading !== undefined
          ? t('lab.says', { digit: format.number(reading.digit) })
          : loading
            ? t('lab.loading')
            : error === undefined
              ? t('lab.saysNothing')
              : null}
      </p>
      {error !== undefined && <ErrorNotice error={error} />}
      <Bars reading={reading} />
      <ul className="lab-key small quiet">
        <li className="lab-key-exact">{t('lab.saysExact')}</li>
        <li className="lab-key-float">{t('lab.saysFloat')}</li>
      </ul>
      {reading !== undefined && (
        <p className="quiet small">{same ? t('lab.saysAgree', { error: format.percentFine(reading.error) }) : t('lab.saysDiffer')}</p>
      )}
    </section>
  );
}

function Bars({ reading }: { readonly reading: Reading | undefined }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const all = reading === undefined ? [] : [...reading.values, ...reading.float];
  const [low, high] = [Math.min(0, ...all), Math.max(1, ...all)];
  const along = (value: number): number => (100 * (value - low)) / (high - low);
  return (
    <ol className="bars" aria-label={t('lab.saysBars')}>
      {Array.from({ length: 10 }, (_, digit) => {
        const [value, float] = [reading?.values[digit] ?? 0, reading?.float[digit] ?? 0];
        const [from, to] = [along(Math.min(0, value)), along(Math.max(0, value))];
        const spoken = t('lab.saysOutput', {
          digit: format.number(digit),
          exact: format.number(value, 2),
          float: format.number(float, 2),
        });
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list of ten
          <li key={digit} className={reading?.digit === digit ? 'is-now' : ''}>
            <span className="bars-name" aria-hidden="true">
              {format.number(digit)}
            </span>
            <svg className="bars-line" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <rect className="bars-ground" x="0" y="0" width="100" height="10" />
              {reading !== undefined && (
                <>
                  <rect className="bars-value" x={from} y="0" width={Math.max(0.6, to - from)} height="10" />
                  <rect className="bars-float" x={along(float) - 0.4} y="0" width="0.8" height="10" />
                </>
              )}
            </svg>
            <span className="bars-number figures" aria-hidden="true">
              {reading === undefined ? '' : format.number(value, 1)}
            </span>
            <span className="hidden-visually">{reading === undefined ? format.number(digit) : spoken}</span>
          </li>
        );
      })}
    </ol>
  );
}
