// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { P } from '../field/index.ts';
import { digestToHex, EMPTY, hashToElements, issuedStatement, parsePush, parseRegistryState, rootMessage, scopeElements } from './index.ts';

const root = digestToHex([1, 2, 3, 4, 5, 6, 7, 8]);
const signature = { r8x: '00'.repeat(32), r8y: '00'.repeat(32), s: '00'.repeat(32) };
const state = {
  v: 1,
  iss: 'https://verifier.example',
  registry: 'issuer.demo',
  size: 3,
  root,
  time: 5,
  iat: 9,
  issued: { time: 4, signature },
};
const statement = { format: 'tacit-registry-root', v: 1, registry: 'issuer.demo', size: 3, root, time: 4 } as const;

describe('messages of registries', () => {
  it('are read strictly', () => {
    expect(parseRegistryState(state)).toMatchObject({ ok: true });
    expect(parsePush({ from: 2, leaves: [root], statement, signature })).toMatchObject({ ok: true });
    const wrong = [
      { ...state, root: 'ff'.repeat(32) },
      { ...state, size: -1 },
      { ...state, size: 2 ** 32 + 1 },
      { ...state, extra: 1 },
      { ...state, registry: 'Issuer' },
      null,
    ];
    for (const value of wrong) expect(parseRegistryState(value)).toMatchObject({ ok: false, error: { code: 'registry/malformed' } });
    for (const value of [
      { from: 2, leaves: [], statement, signature },
      { from: 2, leaves: ['00'], statement, signature },
    ])
      expect(parsePush(value)).toMatchObject({ ok: false, error: { code: 'registry/malformed' } });
  });

  it('carry what the issuer signed', () => {
    const read = parseRegistryState(state);
    if (!read.ok) throw new Error(read.error.code);
    expect(issuedStatement(read.value)).toEqual(statement);
    const { issued: _, ...kept } = read.value;
    expect(issuedStatement(kept)).toBeUndefined();
    const messages = [statement, { ...statement, size: 4 }, { ...statement, time: 5 }, { ...statement, registry: 'issuer.b' }].map(
      rootMessage,
    );
    expect(new Set(messages).size).toBe(4);
  });
});

describe('hashes into the field', () => {
  it('are eight canonical elements, other for every tag and cut of the parts', () => {
    const all = [
      hashToElements('a', 'bc'),
      hashToElements('ab', 'c'),
      hashToElements('a', 'b', 'c'),
      scopeElements('bc', ''),
      EMPTY[1] ?? [],
    ];
    for (const digest of all) {
      expect(digest).toHaveLength(8);
      for (const element of digest) expect(element >= 0 && element < P).toBe(true);
    }
    expect(new Set(all.map(String)).size).toBe(all.length);
  });

  it('two partners that use one scope name get two scopes', () => {
    expect(scopeElements('harbour', 'loan')).not.toEqual(scopeElements('rival', 'loan'));
    expect(scopeElements('harbour', 'loan')).toEqual(scopeElements('harbour', 'loan'));
  });

  it('and the empty subtrees are the fixed ones', () => {
    // Poseidon2 over KoalaBear as published; a change of hash or feed-forward would orphan every registry.
    expect([EMPTY[1], EMPTY[32]].map((digest) => digestToHex(digest ?? []))).toMatchInlineSnapshot(`
      [
        "44917757aa9a1104a1ad4b7cbe60fe659316d4334d2ca2295e2525771877632b",
        "caa0b922c74bb60a720dcc1680014a5d4ee62457e68ec20836d51b5cfd67e04b",
      ]
    `);
  });
});
