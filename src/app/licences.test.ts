import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { licences } from './licences.ts';

describe('licences.json', () => {
  it('is the list of what is in the app now', () => {
    const script = resolve(import.meta.dirname, 'scripts/licences.mjs');
    expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toMatch(/^\d+ packages/);
  });
  it('names the copyleft ones and gives every text', () => {
    expect(licences.find(({ name }) => name === 'snarkjs')?.text).toContain('GNU GENERAL PUBLIC LICENSE');
    for (const { name, licence, text } of licences)
      expect({ name, licence, empty: text.trim() === '' }).toEqual({ name, licence, empty: false });
  });
});
