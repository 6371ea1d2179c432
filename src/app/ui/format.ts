// Numbers, sizes, times: always by Intl, in the language of the page.

const unit = (locale: string, unit: string, digits: number, unitDisplay: 'short' | 'long' = 'short'): Intl.NumberFormat =>
  new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits: digits });

export const formatNumber = (locale: string, value: number, digits = 0): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);

export const formatPercent = (locale: string, fraction: number, digits = 0): string =>
  new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(fraction);

/** “60%, 75% and 90%”. */
export const formatList = (locale: string, items: readonly string[]): string => new Intl.ListFormat(locale).format(items);

/** Bytes in decimal units, as browsers and file managers count. */
export function formatBytes(locale: string, bytes: number): string {
  if (bytes < 1000) return unit(locale, 'byte', 0, 'long').format(bytes);
  if (bytes < 1_000_000) return unit(locale, 'kilobyte', bytes < 10_000 ? 1 : 0).format(bytes / 1000);
  if (bytes < 1_000_000_000) return unit(locale, 'megabyte', bytes < 100_000_000 ? 1 : 0).format(bytes / 1_000_000);
  return unit(locale, 'gigabyte', 1).format(bytes / 1_000_000_000);
}

/** A span of time in its largest fitting unit, rounded, never less than a second; `fine`: tenths below ten seconds, milliseconds below one. */
export function formatDuration(locale: string, milliseconds: number, fine = false): string {
  const seconds = milliseconds / 1000;
  if (fine && seconds < 1) return unit(locale, 'millisecond', 0).format(milliseconds);
  if (fine && seconds < 10) return unit(locale, 'second', 1, 'long').format(seconds);
  if (seconds < 90) return unit(locale, 'second', 0, 'long').format(Math.max(1, Math.round(seconds)));
  if (seconds < 5400) return unit(locale, 'minute', 0, 'long').format(Math.round(seconds / 60));
  if (seconds < 129_600) return unit(locale, 'hour', 0, 'long').format(Math.round(seconds / 3600));
  return unit(locale, 'day', 0, 'long').format(Math.round(seconds / 86_400));
}

export const formatDate = (locale: string, unixSeconds: number): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(unixSeconds * 1000);

export const formatDateTime = (locale: string, unixSeconds: number): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(unixSeconds * 1000);

/** Minutes and seconds on a clock face, for a countdown: `4:07`. */
export function formatClock(locale: string, seconds: number): string {
  const left = Math.max(0, Math.floor(seconds));
  const two = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 });
  return `${formatNumber(locale, Math.floor(left / 60))}:${two.format(left % 60)}`;
}

/** Hex in groups of four, first and last shown: enough to compare by eye. */
export const shortHash = (hex: string): string => (hex.length <= 16 ? hex : `${hex.slice(0, 8)}…${hex.slice(-8)}`);

/** Where an http(s) address really leads, as its ASCII host and port: no user name before it, no letters that only look right. */
export const addressHost = (address: string): string => new URL(address).host;
