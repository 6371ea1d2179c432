import { deleteDB } from 'idb';
import { ok, type Result } from '../base/index.ts';
import { stored, VAULT_DATABASE } from './database.ts';
import { FILES_DATABASE } from './files.ts';

/** Deletes everything this origin keeps. Open connections, in this tab and others, let go by themselves (see `blocking`). */
export async function wipe(): Promise<Result<void>> {
  const deleted = await stored(() => Promise.all([deleteDB(VAULT_DATABASE), deleteDB(FILES_DATABASE)]));
  if (!deleted.ok) return deleted;
  if (typeof caches !== 'undefined') await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  for (const area of ['localStorage', 'sessionStorage'] as const) {
    try {
      globalThis[area]?.clear();
    } catch {
      // Forbidden here, so nothing of ours is in it.
    }
  }
  const workers = await globalThis.navigator?.serviceWorker?.getRegistrations();
  await Promise.all((workers ?? []).map((registration) => registration.unregister()));
  return ok(undefined);
}
