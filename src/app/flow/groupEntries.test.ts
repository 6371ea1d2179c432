import { expect, it } from 'vitest';
import type { LedgerEntry, Purpose } from '../../client/index.ts';
import { groupEntries } from './groupEntries.ts';

const entry = (purpose: Purpose, at: number): LedgerEntry => ({ at, purpose, method: 'GET', url: '/', bytes: 1, body: '' });

it('groups by purpose in the order of first use, and loses nothing', () => {
  const entries = [entry('request', 1), entry('download', 2), entry('request', 3), entry('proof', 4), entry('download', 5)];
  const groups = groupEntries(entries);
  expect(groups.map(({ purpose }) => purpose)).toEqual(['request', 'download', 'proof']);
  expect(groups.flatMap((group) => group.entries).sort((a, b) => a.at - b.at)).toEqual(entries);
  expect(groupEntries([])).toEqual([]);
});
