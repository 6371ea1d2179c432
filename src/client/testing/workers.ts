import { type Endpoint, expose } from 'comlink';
import type { WorkerLike } from '../host.ts';

/** Browser events over a Node message port, as Comlink wants them. */
function endpoint(port: MessagePort): Endpoint {
  return {
    postMessage: (message, transfer) => port.postMessage(message, transfer ?? []),
    addEventListener: (type, listener) => port.addEventListener(type, listener as EventListener),
    removeEventListener: (type, listener) => port.removeEventListener(type, listener as EventListener),
    start: () => port.start(),
  };
}

export interface FakeWorkers {
  readonly spawn: () => WorkerLike;
  /** How many were made, and how many of them were ended. */
  readonly counts: { made: number; ended: number };
  /** Makes the newest one report an error, as a browser does when it loses a worker's script or memory. */
  crash(): void;
  /** The newest one answers nothing any more, without a word. */
  silence(): void;
}

/** Workers that run `api` on this thread, behind a real message channel. */
export function fakeWorkers(api: object): FakeWorkers {
  const counts = { made: 0, ended: 0 };
  let newest: { errors: EventTarget; ports: MessageChannel } | undefined;
  return {
    counts,
    spawn() {
      counts.made++;
      const ports = new MessageChannel();
      const errors = new EventTarget();
      expose(api, endpoint(ports.port1));
      newest = { errors, ports };
      const page = endpoint(ports.port2);
      const isError = (type: string) => type === 'error' || type === 'messageerror';
      return {
        ...page,
        addEventListener: (type, listener) =>
          isError(type) ? errors.addEventListener(type, listener as EventListener) : page.addEventListener(type, listener),
        terminate() {
          counts.ended++;
          ports.port1.close();
          ports.port2.close();
        },
      };
    },
    crash: () => newest?.errors.dispatchEvent(new Event('error')),
    silence: () => newest?.ports.port1.close(),
  };
}
