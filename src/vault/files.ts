import { type DBSchema, openDB } from 'idb';
import { err, invariant, ok, type Result } from '../base/index.ts';
import { own } from './crypto.ts';
import { all, finish, stored } from './database.ts';
import type { FileStore } from './types.ts';

export const FILES_DATABASE = 'tacit-files';

interface Entry {
  readonly bytes: number;
  readonly chunks: number;
  readonly complete: boolean;
}
interface FilesSchema extends DBSchema {
  files: { key: string; value: Entry };
  /** [sha256, place of the chunk] → bytes. */
  chunks: { key: [string, number]; value: Uint8Array };
  notes: { key: string; value: string };
}

const NOTHING: Entry = { bytes: 0, chunks: 0, complete: false };

const chunksOf = (sha256: string) => IDBKeyRange.bound([sha256, 0], [sha256, Number.MAX_SAFE_INTEGER]);

/** Errors: vault/unavailable. Every operation: vault/quota, vault/unavailable. */
export async function openFiles(): Promise<Result<FileStore>> {
  if (typeof indexedDB === 'undefined') return err('vault/unavailable');
  const opened = await stored(() =>
    openDB<FilesSchema>(FILES_DATABASE, 1, {
      upgrade(database) {
        database.createObjectStore('files');
        database.createObjectStore('chunks');
        database.createObjectStore('notes');
      },
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase | null)?.close(),
    }),
  );
  if (!opened.ok) return opened;
  const database = opened.value;

  /** Entry and chunks change together or not at all, so the kept prefix is always exactly what the entry says. */
  const change = (sha256: string, next: (entry: Entry) => { readonly entry: Entry | undefined; readonly chunk?: Uint8Array }) =>
    stored(async () => {
      const transaction = database.transaction(['files', 'chunks'], 'readwrite');
      const files = transaction.objectStore('files');
      const chunks = transaction.objectStore('chunks');
      await finish(transaction, async () => {
        const before = (await files.get(sha256)) ?? NOTHING;
        const { entry, chunk } = next(before);
        await all(
          () => (entry === undefined ? files.delete(sha256) : files.put(entry, sha256)),
          () => (entry === undefined ? chunks.delete(chunksOf(sha256)) : undefined),
          () => (chunk === undefined ? undefined : chunks.put(own(chunk), [sha256, before.chunks])),
        );
      });
    });

  const discard = (sha256: string) => change(sha256, () => ({ entry: undefined }));

  return ok({
    async state(sha256) {
      const entry = await stored(() => database.get('files', sha256));
      return entry.ok ? ok({ bytes: entry.value?.bytes ?? 0, complete: entry.value?.complete ?? false }) : entry;
    },

    append: (sha256, offset, chunk) =>
      change(sha256, (before) => {
        invariant(before.bytes === offset && !before.complete, 'append: the kept prefix has another length');
        return { entry: { bytes: offset + chunk.length, chunks: before.chunks + 1, complete: false }, chunk };
      }),

    complete: (sha256) => change(sha256, (before) => ({ entry: { ...before, complete: true } })),

    read: (sha256) =>
      stored(async () => {
        const transaction = database.transaction(['files', 'chunks']);
        const [entry, chunks] = await Promise.all([
          transaction.objectStore('files').get(sha256),
          transaction.objectStore('chunks').getAll(chunksOf(sha256)),
        ]);
        if (entry === undefined) return undefined;
        const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
        let at = 0;
        for (const chunk of chunks) {
          whole.set(chunk, at);
          at += chunk.length;
        }
        return whole;
      }),

    discard,

    async prune(keep) {
      const names = await stored(() => database.getAllKeys('files'));
      if (!names.ok) return names;
      for (const name of names.value.filter((each) => !keep.has(each))) {
        const dropped = await discard(name);
        if (!dropped.ok) return dropped;
      }
      return ok(undefined);
    },

    getNote: (name) => stored(() => database.get('notes', name)),
    setNote: (name, text) => stored(async () => void (await database.put('notes', text, name))),
    close: () => database.close(),
  });
}
