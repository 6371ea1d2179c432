import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { type ErrorCode, errorCodes, errorTemplate } from '../../base/index.ts';
import { preferences } from '../state/preferences.ts';
import { en } from './en.ts';
import { pseudoStrings } from './pseudo.ts';

export type Language = 'en' | 'en-XA';
export const languages: readonly Language[] = ['en', 'en-XA'];
const rightToLeft: readonly Language[] = ['en-XA'];

const errors = Object.fromEntries(errorCodes.map((code) => [code, errorTemplate(code)])) as Record<ErrorCode, string>;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app';
    resources: { app: typeof en; errors: Record<ErrorCode, string> };
    interpolationPrefix: '{';
    interpolationSuffix: '}';
  }
}

const asLanguage = (text: string | null): Language | undefined => languages.find((language) => language === text);

/** What the person set, else the first of the browser's languages that is here, else English. */
export const resolveLanguage = (locale: string, offered: readonly string[]): Language =>
  asLanguage(locale) ?? languages.find((language) => offered.includes(language)) ?? 'en';

/** Sets language and direction of the whole document. */
function apply(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = rightToLeft.includes(language) ? 'rtl' : 'ltr';
}

const isolate = (text: string): string => (document.documentElement.dir === 'rtl' ? `\u2068${text}\u2069` : text);

/** Starts i18next, after the preferences are loaded: `?lang=` wins and is remembered. */
export async function startI18n(): Promise<void> {
  const asked = asLanguage(new URLSearchParams(location.search).get('lang'));
  if (asked !== undefined) preferences.set({ locale: asked });
  const language = resolveLanguage(preferences.get().locale, navigator.languages);
  apply(language);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    ns: ['app', 'errors'],
    defaultNS: 'app',
    resources: {
      en: { app: en, errors },
      'en-XA': { app: pseudoStrings(en), errors: pseudoStrings(errors) },
    },
    // React escapes for HTML; what is isolated here is direction, so that a name in another script does not turn its sentence round.
    interpolation: { prefix: '{', suffix: '}', escapeValue: true, escape: isolate },
    missingInterpolationHandler: () => '?',
    returnNull: false,
    // Its line in the console advertises a service that has no part in this app.
    showSupportNotice: false,
  });
}

export async function changeLanguage(locale: string): Promise<void> {
  preferences.set({ locale });
  const language = resolveLanguage(locale, navigator.languages);
  apply(language);
  await i18next.changeLanguage(language);
}
