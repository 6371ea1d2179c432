import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './lib.mjs';

const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
const tree = /```\n([\s\S]*?)\n```/.exec(text)?.[1] ?? '';
const named = (indent) => [...tree.matchAll(new RegExp(`^ {${indent}}([.\\w]+)/(?: |$)`, 'gm'))].map((match) => match[1]);
const folders = (place) => readdirSync(join(root, place)).filter((name) => statSync(join(root, place, name)).isDirectory());

describe('docs/architecture.md', () => {
  it('names every room there is, and no other', () => {
    expect(named(2).sort()).toEqual(folders('src').sort());
    const made = ['node_modules', 'dist', '.cache', '.git'];
    expect(named(0).sort()).toEqual(
      folders('.')
        .filter((name) => !made.includes(name))
        .sort(),
    );
  });
});

describe('every page of the project', () => {
  const pages = [
    'README.md',
    'server/README.md',
    'circuits/credit-score/README.md',
    ...readdirSync(join(root, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];

  it('links to what is there', () => {
    let seen = 0;
    const dead = [];
    for (const page of pages) {
      for (const [, target] of readFileSync(join(root, page), 'utf8').matchAll(/(?:\]\(|src=")(?!https?:|#|mailto:)([^)#"\s]+)/g)) {
        seen++;
        if (!statSync(join(root, page, '..', target), { throwIfNoEntry: false })) dead.push(`${page}: ${target}`);
      }
    }
    expect(dead).toEqual([]);
    expect(seen).toBeGreaterThan(20);
  });

  it('names npm scripts that exist', () => {
    const scripts = Object.assign(
      {},
      ...['package.json', 'server/package.json'].map((name) => JSON.parse(readFileSync(join(root, name), 'utf8')).scripts),
    );
    const asked = pages.flatMap((page) =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1]),
    );
    expect(asked.length).toBeGreaterThan(10);
    expect([...new Set(asked)].filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});
