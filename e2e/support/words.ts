import { en } from '../../src/app/i18n/en.ts';
import { pseudoStrings } from '../../src/app/i18n/pseudo.ts';
import { type ErrorCode, errorSentence } from '../../src/base/index.ts';

// Tests look for what a person reads, from the same table the app reads it from.

/** The table's shape with any text in it: another language has the same keys. */
type Texts<T> = { readonly [K in keyof T]: T[K] extends string ? string : Texts<T[K]> };
export type Words = Texts<typeof en>;

export { en };
/** The pseudo-locale, written right to left. */
export const pseudo = pseudoStrings(en) as unknown as Words;

/** A string of the table with its `{places}` filled in. */
export const said = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);

export const sentence = (code: ErrorCode, params?: Readonly<Record<string, string | number>>): string =>
  errorSentence({ code, ...(params && { params }) });
