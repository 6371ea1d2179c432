import type { TacitError } from '../../base/index.ts';
import type { NoticeKind } from '../ui/Notice.tsx';
import { createStore } from './store.ts';

export interface Toast {
  readonly id: number;
  readonly kind: NoticeKind;
  /** A sentence of ours, or an error whose sentence is looked up when it is shown. */
  readonly message: string | { readonly error: TacitError };
}

const store = createStore<readonly Toast[]>([]);
let next = 1;

export const toasts = { get: store.get, subscribe: store.subscribe };

/** Shown until dismissed when it tells of a failure, else for six seconds. */
export function toast(kind: NoticeKind, message: Toast['message']): void {
  const id = next++;
  store.update((list) => [...list.slice(-2), { id, kind, message }]);
  if (kind !== 'danger') setTimeout(() => dismissToast(id), 6000);
}

export const dismissToast = (id: number): void => store.update((list) => list.filter((entry) => entry.id !== id));

const isError = (message: Toast['message']): message is { readonly error: TacitError } => typeof message === 'object';
export const toastError = (message: Toast['message']): TacitError | undefined => (isError(message) ? message.error : undefined);

/** A bug of ours came to light: to the console for whoever debugs, to the person as one sentence. Never as silence. */
export function report(cause: unknown): void {
  console.error(cause);
  const shown = store.get().some((entry) => toastError(entry.message)?.code === 'internal/error');
  if (!shown) toast('danger', { error: { code: 'internal/error' } });
}

/** Whatever nobody caught ends here. */
export function watchUncaught(): void {
  addEventListener('error', (event) => report(event.error ?? event.message));
  addEventListener('unhandledrejection', (event) => report(event.reason));
}
