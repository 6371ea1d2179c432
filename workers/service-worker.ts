// The service worker: the app opens offline from what was installed with it. A new version waits until the person says so; the
// verifier's API, its keys and the bundles are never answered from here (the client keeps bundles by hash, and checks them).
import { cleanupOutdatedCaches, createHandlerBoundToURL, type PrecacheEntry, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { isHeavyAsset, keepByHash, MACHINE_PATHS } from './service/heavy.ts';

declare let self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: (PrecacheEntry | string)[] };

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
// Every page of the app is the one document; its headers (CSP, isolation) were stored with it.
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: [MACHINE_PATHS] }));
// Runtimes of megabytes are kept when first used, not installed for everybody.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && isHeavyAsset(url.pathname),
  ({ request }) => keepByHash(request, caches, fetch),
);

self.addEventListener('message', ({ data }) => {
  if ((data as { type?: unknown } | null)?.type === 'SKIP_WAITING') void self.skipWaiting();
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
