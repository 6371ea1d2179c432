import { err, type Result, thrownCode } from '../../src/base/index.ts';

/** Runs `work`; what it throws becomes plain data, since Comlink loses the fields of errors. Nothing of the message is passed on. */
export async function guarded<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (thrown) {
    return err(thrownCode(thrown));
  }
}
