// Measures transparent proofs in a worker of its own, as the app makes them.
import { type Job, measure } from '../transparentRun.ts';

const random = (into: Uint8Array): void => {
  for (let at = 0; at < into.length; at += 65536) crypto.getRandomValues(into.subarray(at, at + 65536) as Uint8Array<ArrayBuffer>);
};

globalThis.onmessage = async ({ data }: MessageEvent<Omit<Job, 'random' | 'cpu'>>) => {
  try {
    globalThis.postMessage({ measured: await measure({ ...data, random }) });
  } catch (thrown) {
    globalThis.postMessage({ error: thrown instanceof Error ? thrown.message : String(thrown) });
  }
};
