// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Hash32 } from '../../base/index.ts';
import { P } from '../../field/index.ts';
import { tinyNet } from '../../program/testing/samples.ts';
import type { Statement } from '../../protocol/transparent/index.ts';
import { encodingOf, prove, setup } from '../../prove/transparent/testing/bench.ts';
import { verifyReference } from '../reference/index.ts';
import { verifyTransparent } from './index.ts';

const ready = setup(tinyNet(2));
const proof = prove(ready);
const hash = (text: string): Hash32 => text as Hash32;

describe('a statement that is none is refused by both verifiers, never thrown on', () => {
  const cases: Readonly<Record<string, Partial<Statement>>> = {
    'a nonce that is too short': { nonce: hash('ab'.repeat(31)) },
    'a nonce that is too long': { nonce: hash('ab'.repeat(33)) },
    'a nonce in capitals': { nonce: hash('AB'.repeat(32)) },
    'a nonce that is no text': { nonce: undefined as unknown as Hash32 },
    'a model that is no hash': { model: hash('model') },
    'a model that is empty': { model: hash('') },
    'a public value too many': { publics: [...ready.statement.publics, 0] },
    'a public value too few': { publics: ready.statement.publics.slice(1) },
    'a public value of p or more': { publics: ready.statement.publics.map(() => P) },
    'a public value below zero': { publics: ready.statement.publics.map(() => -1) },
    'a public value that is no number': { publics: ready.statement.publics.map(() => Number.NaN) },
    'a public value with a fraction': { publics: ready.statement.publics.map((x) => x + 0.5) },
  };
  it.each(Object.entries(cases))('%s', (_, change) => {
    const statement = { ...ready.statement, ...change };
    expect(verifyTransparent({ ...ready, statement, proof })).toMatchObject({ ok: false, error: { code: 'proof/statement' } });
    expect(verifyReference(encodingOf(ready.plan), statement, proof)).toBe('proof/statement');
  });
  it('and an honest one is taken', () => {
    expect(verifyTransparent({ ...ready, proof }).ok).toBe(true);
  });
});
