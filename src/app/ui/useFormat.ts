import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { errorTemplate, type TacitError } from '../../base/index.ts';
import { formatBytes, formatClock, formatDate, formatDateTime, formatDuration, formatList, formatNumber, formatPercent } from './format.ts';

/** The formatters in the language of the page. */
export function useFormat() {
  const { i18n } = useTranslation();
  const locale = i18n.language;
  return useMemo(
    () => ({
      number: (value: number, digits?: number) => formatNumber(locale, value, digits),
      percent: (fraction: number) => formatPercent(locale, fraction),
      /** With tenths. */
      percentFine: (fraction: number) => formatPercent(locale, fraction, 1),
      /** Memory, as systems count it. */
      gibibytes: (size: number) => `${formatNumber(locale, size, 2)} GiB`,
      list: (items: readonly string[]) => formatList(locale, items),
      bytes: (bytes: number) => formatBytes(locale, bytes),
      duration: (ms: number, fine?: boolean) => formatDuration(locale, ms, fine),
      date: (unixSeconds: number) => formatDate(locale, unixSeconds),
      dateTime: (unixSeconds: number) => formatDateTime(locale, unixSeconds),
      clock: (seconds: number) => formatClock(locale, seconds),
    }),
    [locale],
  );
}

/** The sentence of an error in the language of the page; an absent param stays visible as `?`. */
export function useErrorSentence(): (error: TacitError) => string {
  const { i18n } = useTranslation();
  const locale = i18n.language;
  return useCallback(
    ({ code, params = {} }) => {
      const template: unknown = i18n.getResource(locale, 'errors', code);
      const shown = (value: string | number | undefined): string =>
        typeof value === 'number' ? formatNumber(locale, value) : (value ?? '?');
      return (typeof template === 'string' ? template : errorTemplate(code)).replace(/\{(\w+)\}/g, (_, name: string) =>
        shown(params[name]),
      );
    },
    [i18n, locale],
  );
}
