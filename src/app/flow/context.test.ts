import { describe, expect, it } from 'vitest';
import { request } from '../../vault/testing/samples.ts';
import { cameFrom } from './arrival.ts';
import { returnAddress } from './context.ts';

const code = 'c0'.repeat(16);
const back = (returnUrl: string | undefined, given?: string): string =>
  returnAddress({ ...request(), origin: 'https://shop.example', ...(returnUrl === undefined ? {} : { returnUrl }) }, given);

describe('the way back', () => {
  it('is what the partner wrote, untouched, when there is no code', () => {
    expect(back('https://shop.example/a?b=c%20d#e')).toBe('https://shop.example/a?b=c%20d#e');
    expect(back(undefined)).toBe('https://shop.example');
  });

  it('carries the code beside what was there', () => {
    expect(back('https://shop.example/a', code)).toBe(`https://shop.example/a?tacit_code=${code}`);
    expect(back('https://shop.example/a?', code)).toBe(`https://shop.example/a?tacit_code=${code}`);
    expect(back('https://shop.example/a?b=c%20d&b=+#e', code)).toBe(`https://shop.example/a?b=c%20d&b=+&tacit_code=${code}#e`);
    expect(back(undefined, code)).toBe(`https://shop.example/?tacit_code=${code}`);
  });

  it('takes the code to the asking origin alone', () => {
    for (const elsewhere of [
      'https://evil.example/',
      'http://shop.example/',
      'https://shop.example:444/',
      'https://shop.example@evil.example/',
    ])
      expect(back(elsewhere, code)).toBe(elsewhere);
  });
});

describe('where a person came from', () => {
  it('is believed of the exact origin alone', () => {
    for (const referrer of ['https://shop.example/', 'https://shop.example/a?b'])
      expect(cameFrom('https://shop.example', referrer)).toBe(true);
    for (const referrer of ['', 'https://shop.example.evil.example/', 'http://shop.example/', 'https://evil.example/https://shop.example/'])
      expect(cameFrom('https://shop.example', referrer)).toBe(false);
    expect(cameFrom('https://shop.example')).toBe(false);
  });
});
