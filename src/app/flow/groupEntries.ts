import type { LedgerEntry, Purpose } from '../../client/index.ts';

export interface EntryGroup {
  readonly purpose: Purpose;
  readonly entries: readonly LedgerEntry[];
}

/** By purpose, in the order in which each first occurred. */
export function groupEntries(entries: readonly LedgerEntry[]): readonly EntryGroup[] {
  const groups = new Map<Purpose, LedgerEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.purpose);
    if (group === undefined) groups.set(entry.purpose, [entry]);
    else group.push(entry);
  }
  return [...groups].map(([purpose, group]) => ({ purpose, entries: group }));
}
