/** A new version of the app that is installed and waits. */
export interface AppUpdate {
  /** Lets it take over, then reloads the page. Call it only on the person's word, never in the middle of a flow. */
  apply(): void;
}

const CHECK_MS = 60 * 60_000;

/**
 * Registers the service worker and calls `onUpdate` when a new version waits (once each). It is looked for on start, every hour
 * and when the page comes back, and never takes over by itself. Returns the function that stops looking.
 */
export function watchForUpdates(onUpdate: (update: AppUpdate) => void, script = '/service-worker.js'): () => void {
  const workers = globalThis.navigator?.serviceWorker;
  if (workers === undefined) return () => undefined;
  let registration: ServiceWorkerRegistration | undefined;
  let offered: ServiceWorker | undefined;
  let stopped = false;
  let applied = false;
  // Another tab let the new version take over: this one still runs the old code, which its own files may soon be missing for.
  const hadController = workers.controller !== null;
  const overtaken = () => {
    if (applied) location.reload();
    else if (hadController && !stopped) onUpdate({ apply: () => location.reload() });
  };
  workers.addEventListener('controllerchange', overtaken);

  const offer = () => {
    const waiting = registration?.waiting;
    // Without a controller this is the first installation, which replaces nothing.
    if (stopped || !waiting || waiting === offered || workers.controller === null) return;
    offered = waiting;
    onUpdate({
      apply() {
        applied = true;
        waiting.postMessage({ type: 'SKIP_WAITING' });
      },
    });
  };
  const follow = (installing: ServiceWorker | null | undefined) =>
    installing?.addEventListener('statechange', () => installing.state === 'installed' && offer());
  const look = () => {
    if (document.visibilityState === 'visible') registration?.update().catch(() => undefined); // offline: the next look
  };

  workers.register(script, { scope: '/', updateViaCache: 'none' }).then(
    (made) => {
      if (stopped) return;
      registration = made;
      offer();
      follow(made.installing);
      made.addEventListener('updatefound', () => follow(made.installing));
    },
    () => undefined, // not allowed here (private window): the app works online
  );
  const timer = setInterval(look, CHECK_MS);
  document.addEventListener('visibilitychange', look);
  return () => {
    stopped = true;
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
    workers.removeEventListener('controllerchange', overtaken);
  };
}
