const waiting = new Map<string, Promise<unknown>>();

/** Runs `work` when no other work of this name runs, in this tab or (where the browser has Web Locks) in another. */
export function exclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
  const before = waiting.get(name) ?? Promise.resolve();
  const locks = globalThis.navigator?.locks;
  const mine = before.then(() => (locks === undefined ? work() : locks.request(`tacit/${name}`, work)));
  const settled = mine.then(
    () => undefined,
    () => undefined,
  );
  waiting.set(name, settled);
  void settled.then(() => waiting.get(name) === settled && waiting.delete(name));
  return mine as Promise<T>;
}
