// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../src/base/index.ts';
import { readJson } from './json.ts';

const read = (text: string) => readJson(utf8ToBytes(text));
const wrong = (what: string) => ({ ok: false, error: { code: 'input/malformed', params: { what } } });

describe('readJson', () => {
  it('reads what JSON.parse reads', () => {
    // Objects of fast-check never repeat a key; __proto__ and depth are the two things JSON.parse would take.
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        fc.pre(!text.includes('__proto__'));
        expect(read(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['{"a":1,"a":2}', 'a key stands twice'],
    ['{"a":1,"\\u0061":2}', 'a key stands twice'],
    ['[{"b":{"a":[],"c":0,"a":{}}}]', 'a key stands twice'],
    ['{"__proto__":{}}', 'a key that is not allowed'],
    ['{"\\u005f_proto__":{}}', 'a key that is not allowed'],
    [`${'['.repeat(13)}${']'.repeat(13)}`, 'nested too deeply'],
    ['['.repeat(60_000), 'nested too deeply'],
    ['{"a"', 'not JSON'],
    ['"abc', 'not JSON'],
    ['"\\', 'not JSON'],
    ['{"a\\q":1}', 'not JSON'],
    ['', 'not JSON'],
    ['[1]2', 'not JSON'],
    ['}{', 'not JSON'],
  ])('refuses %s', (text, what) => {
    expect(read(text)).toEqual(wrong(what));
  });

  it.each([
    '{"a":"a","b":"a"}',
    '[{"a":1},{"a":2}]',
    '{"a":{"a":{"a":1}}}',
    '["a","a"]',
    '{"a":["a","a"],"b":"__proto__"}',
    `${'['.repeat(12)}${']'.repeat(12)}`,
  ])('reads %s', (text) => {
    expect(read(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });

  it('takes UTF-8 alone', () => {
    expect(readJson(new Uint8Array([0x22, 0xc3, 0x28, 0x22]))).toEqual(wrong('not JSON'));
    expect(readJson(new Uint8Array([0xff, 0xfe, 0x22, 0]))).toEqual(wrong('not JSON'));
  });

  it('takes any bytes in its stride', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof readJson(bytes).ok === 'boolean'));
  });
});
