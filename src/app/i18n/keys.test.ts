import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import type { Strings } from './pseudo.ts';

const app = resolve(import.meta.dirname, '..');
const sources = readdirSync(app, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\./.test(name) && !name.startsWith(join('i18n', 'en')))
  .map((name) => ({ name, text: readFileSync(join(app, name), 'utf8') }));
const everything = sources.map(({ text }) => text).join('\n');

const flat = (strings: Strings, path = ''): string[] =>
  Object.entries(strings).flatMap(([key, value]) => (typeof value === 'string' ? [`${path}${key}`] : flat(value, `${path}${key}.`)));
const keys = [...new Set(flat(en).map((key) => key.replace(/_(?:one|other)$/, '')))];

describe('the strings', () => {
  it('are all used, by name or by a template that begins like them', () => {
    expect(sources.length).toBeGreaterThan(60);
    const templates = [...everything.matchAll(/`([a-zA-Z.]+\.)\$\{/g)].map((match) => match[1] as string);
    const unused = keys.filter(
      (key) => !everything.includes(`'${key}'`) && !everything.includes(`"${key}"`) && !templates.some((start) => key.startsWith(start)),
    );
    expect(unused).toEqual([]);
  });
  it('stand in no component: text between tags comes from here', () => {
    const literal = sources.flatMap(({ name, text }) =>
      [...text.matchAll(/>\s*([A-Z][a-z]+(?: [a-z]+)+)[^<{]*</g)].map((match) => `${name}: ${match[1]}`),
    );
    expect(literal).toEqual([]);
  });
});
