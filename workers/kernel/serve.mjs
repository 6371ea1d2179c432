// The loop of a helper thread: an instance of the kernels over the memory that all threads share, and one control block of words.
// Words: job number, number of the job done last, 1 when ready, kernel (-1 ends the thread), arguments.
/** Looks before it sleeps: the next job of a proof mostly follows within microseconds. */
const LOOKS = 2000;

/** @param {{ module: WebAssembly.Module, memory: WebAssembly.Memory, control: SharedArrayBuffer, names: readonly string[], thread: number }} job */
export function serve({ module, memory, control, names, thread }) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort: () => undefined } });
  exports.setThread(thread);
  const words = new Int32Array(control);
  const kernels = names.map((name) => exports[name]);
  Atomics.store(words, 2, 1);
  for (let seen = 0; ; ) {
    for (let look = 0; look < LOOKS && Atomics.load(words, 0) === seen; look++);
    if (Atomics.load(words, 0) === seen) Atomics.wait(words, 0, seen);
    if (Atomics.load(words, 0) === seen) continue;
    seen = Atomics.load(words, 0);
    if (words[3] < 0) return;
    kernels[words[3]](...words.subarray(4));
    Atomics.store(words, 1, seen);
    Atomics.notify(words, 1);
  }
}
