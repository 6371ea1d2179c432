import { describe, expect, it } from 'vitest';
import { errorCodes, errorTemplate } from '../../base/index.ts';
import { en } from './en.ts';
import { pseudo, pseudoStrings, type Strings } from './pseudo.ts';

const places = (text: string): string[] => (text.match(/\{\w+\}|<\/?\w+\/?>/g) ?? []).sort();
const flat = (strings: Strings, path = ''): [string, string][] =>
  Object.entries(strings).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : flat(value, `${path}${key}.`),
  );

describe('the pseudo-locale', () => {
  it('accents, pads and brackets, but keeps places and tags', () => {
    expect(pseudo('Send {size} to <b>{origin}</b>')).toMatch(/^\[Šéñð \{size\} ţ?tö <b>\{origin\}<\/b> ·+\]$/);
  });
  it('covers every string, with the same places', () => {
    const own = flat(en);
    const made = new Map(flat(pseudoStrings(en)));
    expect(own.length).toBeGreaterThan(150);
    for (const [key, text] of own) expect(places(made.get(key) ?? '')).toEqual(places(text));
  });
  it('keeps the places of every error sentence', () => {
    for (const code of errorCodes) expect(places(pseudo(errorTemplate(code)))).toEqual(places(errorTemplate(code)));
  });
});
