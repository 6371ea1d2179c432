/**
 * Keeps the screen on until the returned function is called. Browsers drop the lock when the page is hidden, so it is asked for
 * again when the page comes back. Where there is no such lock, nothing happens.
 */
export function keepAwake(): () => void {
  const locks = globalThis.navigator?.wakeLock;
  if (locks === undefined) return () => undefined;
  let wanted = true;
  let held: WakeLockSentinel | undefined;
  const ask = async () => {
    if (!wanted || document.visibilityState !== 'visible') return;
    try {
      const lock = await locks.request('screen');
      if (wanted) held = lock;
      else await lock.release();
    } catch {
      // Low battery or not allowed: the screen may go dark, the work goes on.
    }
  };
  void ask();
  document.addEventListener('visibilitychange', ask);
  return () => {
    wanted = false;
    document.removeEventListener('visibilitychange', ask);
    void held?.release().catch(() => undefined);
  };
}
