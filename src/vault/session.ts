import { err, invariant, ok, type Result } from '../base/index.ts';
import { type Bytes, type Keys, keysFromRoot, random, randomId } from './crypto.ts';
import { stored, type VaultDatabase, write } from './database.ts';
import { type Header, makeHeader, makeWrap, openRoot, readHeader, type Wrap } from './header.ts';
import type { PasskeyProvider } from './passkey.ts';
import type { Unlocker, VaultState } from './types.ts';

/** What every read and write needs while the vault is open. */
export interface Open {
  readonly keys: Keys;
  readonly vault: string;
}

/** The keys in memory and the header on disk. */
export interface Session {
  state(): VaultState;
  header(): Header | undefined;
  open(): Result<Open>;
  create(unlocker: Unlocker): Promise<Result<void>>;
  unlock(unlocker: Unlocker): Promise<Result<void>>;
  lock(): void;
  /** Adds a way in made from `added`; with `replacing`, the ways in of that kind go. `current` must open the vault. */
  addWrap(current: Unlocker, added: Unlocker, label: string, replacing: boolean): Promise<Result<void>>;
  removeWrap(id: string): Promise<Result<void>>;
  /** Reads the header again (another tab changed it). */
  reload(): Promise<void>;
  markClosed(): void;
}

interface Options {
  readonly passkeys: PasskeyProvider;
  readonly now: () => number;
  /** After every change of state. */
  readonly onState: (state: VaultState) => void;
  /** After this tab changed the header. */
  readonly onHeader: () => void;
}

export async function createSession(database: VaultDatabase, { passkeys, now, onState, onHeader }: Options): Promise<Result<Session>> {
  let header: Header | undefined;
  /** A header that does not read: nothing can be unlocked, and nothing is overwritten. */
  let damaged = false;
  let keys: Keys | undefined;
  let closed = false;

  const state = (): VaultState => {
    if (closed) return 'closed';
    if (keys !== undefined) return 'unlocked';
    return header === undefined && !damaged ? 'empty' : 'locked';
  };
  const load = async (): Promise<void> => {
    const raw: unknown = await database.get('meta', 'keys');
    const read = raw === undefined ? undefined : readHeader(raw);
    damaged = read?.ok === false;
    const next = read?.ok === true ? read.value : undefined;
    if (next?.vault !== header?.vault) keys = undefined;
    header = next;
  };
  /** Replaces the header only if it is still the one that was read, so that two tabs cannot undo one another. */
  const save = async (before: Header | undefined, next: Header): Promise<Result<void>> => {
    let overtaken = false;
    const written = await stored(() =>
      write(database, ['meta'], async (transaction) => {
        const meta = transaction.objectStore('meta');
        const there = (await meta.get('keys')) as Header | undefined;
        overtaken = there?.sum !== before?.sum;
        if (!overtaken) await meta.put(next, 'keys');
      }),
    );
    if (!written.ok) return written;
    if (overtaken) {
      await load();
      return err('internal/error');
    }
    header = next;
    onHeader();
    return ok(undefined);
  };
  const wrapOptions = (label: string) => ({ passkeys, label, now: now() });
  const setKeys = async (root: Bytes) => {
    keys = await keysFromRoot(root);
    onState(state());
  };

  const loaded = await stored(load);
  if (!loaded.ok) return loaded;
  return ok({
    state,
    header: () => header,
    open: () => (keys === undefined || header === undefined ? err('vault/locked') : ok({ keys, vault: header.vault })),

    async create(unlocker) {
      invariant(state() === 'empty', 'a vault exists');
      const vault = randomId();
      const root = random(32);
      const wrap = await makeWrap(vault, root, unlocker, wrapOptions(unlocker.kind === 'passkey' ? 'Passkey' : 'Passphrase'));
      if (!wrap.ok) return wrap;
      const saved = await save(undefined, makeHeader(vault, [wrap.value]));
      if (!saved.ok) return saved;
      await setKeys(root);
      return ok(undefined);
    },

    async unlock(unlocker) {
      if (damaged) return err('vault/corrupt');
      if (header === undefined) return err('vault/wrong-key');
      const root = await openRoot(header, unlocker, passkeys);
      if (!root.ok) return root;
      await setKeys(root.value);
      return ok(undefined);
    },

    lock() {
      if (keys === undefined) return;
      keys = undefined;
      onState(state());
    },

    async addWrap(current, added, label, replacing) {
      const before = header;
      if (before === undefined) return err('vault/locked');
      const root = await openRoot(before, current, passkeys);
      if (!root.ok) return root;
      const wrap = await makeWrap(before.vault, root.value, added, wrapOptions(label));
      root.value.fill(0);
      if (!wrap.ok) return wrap;
      const kept: readonly Wrap[] = replacing ? before.wraps.filter(({ kind }) => kind !== added.kind) : before.wraps;
      return save(before, makeHeader(before.vault, [...kept, wrap.value]));
    },

    async removeWrap(id) {
      if (header === undefined || keys === undefined) return err('vault/locked');
      const kept = header.wraps.filter((wrap) => wrap.id !== id);
      if (kept.length === 0) return err('input/malformed', { what: 'the last way into the wallet' });
      return save(header, makeHeader(header.vault, kept));
    },

    async reload() {
      const before = state();
      if ((await stored(load)).ok && state() !== before) onState(state());
    },

    markClosed() {
      closed = true;
      keys = undefined;
      onState('closed');
    },
  });
}
