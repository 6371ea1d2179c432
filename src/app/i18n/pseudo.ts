// The pseudo-locale: every string accented, a third longer, in brackets, and laid out right to left. What shows without
// brackets is not translatable; what is cut off would be cut off in German; what sits on the wrong side would in Arabic.

const ACCENTS: Readonly<Record<string, string>> = {
  a: 'á',
  c: 'ç',
  d: 'ð',
  e: 'é',
  g: 'ĝ',
  i: 'î',
  n: 'ñ',
  o: 'ö',
  s: 'š',
  u: 'û',
  w: 'ŵ',
  y: 'ý',
  A: 'Å',
  C: 'Ç',
  D: 'Ð',
  E: 'É',
  I: 'Î',
  N: 'Ñ',
  O: 'Ö',
  S: 'Š',
  T: 'Ţ',
  U: 'Û',
  W: 'Ŵ',
  Y: 'Ý',
};

/** Accents a string but leaves `{places}` and `<tags>` as they are, then pads it by a third. */
export function pseudo(text: string): string {
  const accented = text
    .split(/(\{\w+\}|<\/?\w+\/?>)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/[A-Za-z]/g, (letter) => ACCENTS[letter] ?? letter)))
    .join('');
  const padding = '·'.repeat(Math.ceil(text.length / 3 / 2));
  return `[${accented}${text.length > 3 ? ` ${padding}` : ''}]`;
}

/** Nested string tables; the shape of the input is the shape of the output. */
export interface Strings {
  readonly [key: string]: string | Strings;
}

export const pseudoStrings = (strings: Strings): Strings =>
  Object.fromEntries(
    Object.entries(strings).map(([key, value]) => [key, typeof value === 'string' ? pseudo(value) : pseudoStrings(value)]),
  );
