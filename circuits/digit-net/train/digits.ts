import { readFile } from 'node:fs/promises';
import { errorSentence, invariant } from '../../../src/base/index.ts';
import { obtainModel } from '../../models/index.ts';

export interface Digits {
  /** 28x28 pixels in [0, 1], row-major, one picture after the other. */
  readonly pixels: Float32Array;
  readonly labels: Uint8Array;
}

/** Pictures of each digit, in the package's order, of which the last fifth is kept for the test. */
export async function readDigits(): Promise<{ readonly train: Digits; readonly test: Digits }> {
  const found = await obtainModel('mnist-digits');
  if (!found.ok) throw new Error(errorSentence(found.error));
  const parts = await Promise.all(found.value.map(async (path) => (JSON.parse(await readFile(path, 'utf8')) as { data: number[] }).data));
  const take = (from: (count: number) => number, to: (count: number) => number): Digits => {
    const chosen = parts.map((data) => data.slice(784 * from(data.length / 784), 784 * to(data.length / 784)));
    const labels = chosen.flatMap((data, digit) => new Array<number>(data.length / 784).fill(digit));
    return { pixels: Float32Array.from(chosen.flat()), labels: Uint8Array.from(labels) };
  };
  const cut = (count: number): number => Math.floor(count * 0.8);
  invariant(parts.length === 10, 'there are ten digits');
  return { train: take(() => 0, cut), test: take(cut, (count) => count) };
}

/** A repeatable order of `count` things (Fisher-Yates over a linear congruential generator). */
export function shuffled(count: number, seed: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  let state = seed >>> 0;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    const held = order[i] as number;
    order[i] = order[j] as number;
    order[j] = held;
  }
  return order;
}
