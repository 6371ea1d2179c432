import { expect, it } from 'vitest';
import { credential, request } from '../../vault/testing/samples.ts';
import { usableCredentials } from './usable.ts';

it('keeps the credentials without a problem, in their order', () => {
  const matches = [
    { record: credential(1), problem: undefined },
    { record: credential(2), problem: { code: 'credential/expired' } as const },
    { record: credential(3), problem: undefined },
  ];
  expect(usableCredentials(matches, request())).toEqual({ ok: true, value: [credential(1), credential(3)] });
  expect(usableCredentials(matches.slice(1, 2), request())).toEqual({
    ok: false,
    error: { code: 'credential/missing', params: { issuer: 'Demo issuer' } },
  });
});
