// SPDX-License-Identifier: Apache-2.0

/**
 * Indices so that each comes after what it depends on (Kahn's algorithm, stable); `stuck` is the first that is in or
 * behind a cycle. `dependencies[i]` lists indices.
 */
export function topological(dependencies: readonly (readonly number[])[]): {
  readonly order: readonly number[];
  readonly stuck: number | undefined;
} {
  const waiting = dependencies.map((list) => new Set(list).size);
  const readers = dependencies.map((): number[] => []);
  dependencies.forEach((list, index) => {
    for (const from of new Set(list)) readers[from]?.push(index);
  });
  const order = waiting.flatMap((count, index) => (count === 0 ? [index] : []));
  for (let next = 0; next < order.length; next++) {
    for (const reader of readers[order[next] as number] ?? []) {
      waiting[reader] = (waiting[reader] as number) - 1;
      if (waiting[reader] === 0) order.push(reader);
    }
  }
  const stuck = order.length < dependencies.length ? waiting.findIndex((count) => count > 0) : undefined;
  return { order, stuck };
}
