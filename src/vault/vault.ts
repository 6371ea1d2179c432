import { err, invariant, ok, type Result } from '../base/index.ts';
import { createCollection } from './collection.ts';
import { dropDamaged, identity, readContents, replaceOrMerge } from './contents.ts';
import { nameOf } from './crypto.ts';
import { all, openVaultDatabase, stored, type VaultDatabase, write } from './database.ts';
import { waysIn } from './header.ts';
import { createIdleLock } from './idle.ts';
import { browserPasskeys, type PasskeyProvider } from './passkey.ts';
import { defaultPreferences, type Preferences, preferencesSchema, type StoreName } from './records.ts';
import { sealRecord } from './sealed.ts';
import { createSession, type Open, type Session } from './session.ts';
import { openExport, sealExport } from './transfer.ts';
import type { Vault, VaultState } from './types.ts';
import { wipe } from './wipe.ts';

export interface VaultOptions {
  /** Default: the browser's WebAuthn. */
  readonly passkeys?: PasskeyProvider;
  /** Milliseconds since 1970; default Date.now. */
  readonly now?: () => number;
}

/**
 * Opens this origin's wallet. Errors: vault/unavailable (no storage here: private window), vault/quota.
 * Passphrases are stretched (0.2 to 1 s on phones); every method answers with a Result and leaves what is stored whole.
 */
export async function openVault({ passkeys = browserPasskeys, now = Date.now }: VaultOptions = {}): Promise<Result<Vault>> {
  if (typeof indexedDB === 'undefined') return err('vault/unavailable');
  let closing = (): void => undefined;
  const opened = await stored(() => openVaultDatabase(() => closing()));
  if (!opened.ok) return opened;
  const database = opened.value;

  const listeners = new Set<(state: VaultState) => void>();
  const tabs = new BroadcastChannel('tacit-vault');
  const idle = createIdleLock(() => lock(), now);
  const idleMs = async () => (await readPreferences(database)).autoLockMinutes * 60_000;
  const made = await createSession(database, {
    passkeys,
    now,
    onState(state) {
      if (state === 'unlocked') void idleMs().then((after) => session.state() === 'unlocked' && idle.start(after));
      else idle.stop();
      for (const listener of listeners) listener(state);
    },
    onHeader: () => tabs.postMessage('header'),
  });
  if (!made.ok) return made;
  const session: Session = made.value;
  function lock() {
    if (session.state() !== 'unlocked') return;
    session.lock();
    tabs.postMessage('lock');
  }
  closing = () => session.markClosed();
  tabs.onmessage = ({ data }) => {
    if (data === 'lock') session.lock();
    else if (data === 'header') void session.reload();
  };
  const collection = <S extends StoreName>(store: S) => createCollection(database, session, store);

  return ok({
    state: session.state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    unlockers: () => {
      const header = session.header();
      return header === undefined ? [] : waysIn(header);
    },
    passkeysAvailable: () => passkeys.available(),

    create: (unlocker) => session.create(unlocker),
    unlock: (unlocker) => session.unlock(unlocker),
    lock,
    touch: idle.touch,
    keepOpen: idle.hold,
    setPassphrase: (current, passphrase) => session.addWrap(current, { kind: 'passphrase', passphrase }, 'Passphrase', true),
    addPasskey: (current, label) => session.addWrap(current, { kind: 'passkey' }, label, false),
    removeUnlocker: (id) => session.removeWrap(id),

    credentials: collection('credentials'),
    history: collection('history'),
    outbox: collection('outbox'),
    consents: collection('consents'),
    faces: collection('faces'),
    identity: () => withOpen(session, (open) => identity(database, open, now())),

    settle: (history, outbox) =>
      withOpen(session, async ({ keys, vault }) => {
        invariant(outbox === undefined || outbox.id === history.id, 'settle: both belong to one request');
        const row = await sealRecord(keys, vault, 'history', history);
        const queued = outbox === undefined ? undefined : await sealRecord(keys, vault, 'outbox', outbox);
        const name = await nameOf(keys, 'outbox', history.id);
        return stored(() =>
          write(database, ['history', 'outbox'], (transaction) => {
            const box = transaction.objectStore('outbox');
            return all(
              () => transaction.objectStore('history').put(row),
              () => (queued === undefined ? box.delete(name) : box.put(queued)),
            );
          }),
        );
      }),

    dropDamaged: () => withOpen(session, (open) => dropDamaged(database, open)),

    preferences: () => readPreferences(database),
    async setPreferences(change) {
      const next = preferencesSchema.parse({ ...(await readPreferences(database)), ...change });
      const written = await stored(() => write(database, ['meta'], (tx) => tx.objectStore('meta').put(next, 'preferences')));
      if (written.ok && session.state() === 'unlocked') idle.start(next.autoLockMinutes * 60_000);
      return written;
    },

    exportFile: (passphrase) =>
      withOpen(session, async (open) => {
        const contents = await readContents(database, open);
        return contents.ok ? sealExport(contents.value, passphrase) : contents;
      }),

    importFile: (bytes, passphrase, mode) =>
      withOpen(session, async (open) => {
        const read = await openExport(bytes, passphrase);
        if (!read.ok) return read;
        const written = await replaceOrMerge(database, open, read.value, mode);
        if (!written.ok) return written;
        const { credentials, history, outbox, consents, faces } = read.value;
        return ok({
          credentials: credentials.length,
          history: history.length,
          outbox: outbox.length,
          consents: consents.length,
          faces: faces.length,
        });
      }),

    async deleteAll() {
      session.markClosed();
      database.close();
      return wipe();
    },

    async storage() {
      const manager = globalThis.navigator?.storage;
      const [persisted, estimate] = await Promise.all([manager?.persisted?.(), manager?.estimate?.()]);
      return { persisted: persisted ?? false, usage: estimate?.usage, quota: estimate?.quota };
    },
    requestPersistence: async () => (await globalThis.navigator?.storage?.persist?.()) ?? false,

    close() {
      idle.stop();
      tabs.close();
      database.close();
    },
  });
}

async function withOpen<T>(session: Session, work: (open: Open) => Promise<Result<T>>): Promise<Result<T>> {
  const open = session.open();
  return open.ok ? work(open.value) : open;
}

async function readPreferences(database: VaultDatabase): Promise<Preferences> {
  const raw = await stored(() => database.get('meta', 'preferences'));
  const parsed = preferencesSchema.safeParse(raw.ok ? raw.value : undefined);
  return parsed.success ? parsed.data : defaultPreferences;
}
