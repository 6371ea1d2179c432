import { err, type Result } from '../../src/base/index.ts';

const OUT_OF_MEMORY = /out of memory|could not allocate|allocation failed|Cannot enlarge|WebAssembly\.Memory|not enough memory/i;

/** Runs `work`; what it throws becomes plain data, since Comlink loses the fields of errors. Nothing of the message is passed on. */
export async function guarded<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (thrown) {
    const message = thrown instanceof Error ? `${thrown.name} ${thrown.message}` : String(thrown);
    return err(OUT_OF_MEMORY.test(message) ? 'device/memory' : 'internal/error');
  }
}
