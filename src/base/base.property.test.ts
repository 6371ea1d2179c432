// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bigIntToBytes,
  bytesToBigInt,
  type CanonicalValue,
  canonicalJson,
  errorCodes,
  errorSentence,
  errorStatus,
  errorTemplate,
  fromBase64Url,
  fromHex,
  InvariantError,
  isErrorCode,
  sha256Hex,
  toBase64Url,
  utf8ToBytes,
} from './index.ts';

describe('bytes', () => {
  it('base64url agrees with Node and is undone by its strict inverse', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        const text = toBase64Url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64Url(text)).toEqual(bytes);
      }),
    );
  });

  it('base64url has one spelling: every other text of the alphabet is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AQgw_-9z'), maxLength: 9 }), (text) => {
        const bytes = fromBase64Url(text);
        if (bytes !== undefined) expect(toBase64Url(bytes)).toBe(text);
      }),
    );
    for (const wrong of ['A', 'AB', 'AA==', 'A+==', 'AAA/', 'AA A']) expect(fromBase64Url(wrong), wrong).toBeUndefined();
  });

  it('hex is lower case and of even length', () => {
    for (const wrong of ['A0', '0', 'g0', '0x00', ' 00']) expect(fromHex(wrong), wrong).toBeUndefined();
    expect(fromHex('00ff')).toEqual(new Uint8Array([0, 255]));
  });

  it('big-endian integers survive the round trip and never wrap', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }), (value) => {
        expect(bytesToBigInt(bigIntToBytes(value, 32))).toBe(value);
      }),
    );
    expect(() => bigIntToBytes(256n, 1)).toThrow(InvariantError);
    expect(() => bigIntToBytes(-1n, 1)).toThrow(InvariantError);
  });

  it('SHA-256 is SHA-256 (FIPS 180-2, "abc")', () => {
    expect(sha256Hex(utf8ToBytes('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('canonical JSON', () => {
  const value = fc.letrec<{ any: CanonicalValue }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'grapheme' }),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(fc.string({ maxLength: 5 }), tie('any'), { maxKeys: 4 }),
    ),
  })).any;

  it('means the same as JSON and does not depend on the order of keys', () => {
    fc.assert(
      fc.property(value, (input) => {
        fc.pre(!JSON.stringify(input).includes('__proto__'));
        const text = canonicalJson(input === 0 ? 0 : input);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(input)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
    expect(canonicalJson({ b: 1, a: [true, null, 'é'], B: {} })).toBe('{"B":{},"a":[true,null,"é"],"b":1}');
  });

  it('refuses what has no single spelling', () => {
    for (const wrong of [0.5, Number.NaN, 2 ** 53, '\ud800']) expect(() => canonicalJson(wrong)).toThrow(InvariantError);
    expect(canonicalJson(-0)).toBe('0'); // RFC 8785, section 3.2.2.3
  });
});

describe('the error catalogue', () => {
  it('gives every code a status, a sentence that ends, and an action', () => {
    expect(errorCodes.length).toBeGreaterThan(50);
    for (const code of errorCodes) {
      expect(errorStatus(code)).toBeGreaterThanOrEqual(400);
      expect(errorTemplate(code), code).toMatch(/^[A-Z“{].*[.]$/);
    }
  });

  it('fills a sentence from params and shows what is absent', () => {
    expect(errorSentence({ code: 'input/too-large', params: { limit: '16 kB' } })).toContain('16 kB');
    expect(errorSentence({ code: 'input/too-large' })).toContain('?');
  });

  it('knows its own codes only', () => {
    expect(isErrorCode('internal/error')).toBe(true);
    for (const wrong of ['internal/other', 'toString', '__proto__', 7, undefined]) expect(isErrorCode(wrong)).toBe(false);
  });
});
