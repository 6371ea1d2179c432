// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Digest,
  digestToHex,
  EMPTY_FRONTIER,
  hashToElements,
  RegistryTree,
  readLeaves,
  readNodes,
  STRUCK,
  shelfCount,
} from '../../../src/registry/index.ts';
import { openSqliteStore, type Store } from './index.ts';

// Shelves of four leaves, so that a few dozen make many.
const LEVEL = 2;

let directory: string;
let path: string;
let store: Store;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tacit-registries-'));
  path = join(directory, 'verifier.db');
  store = openSqliteStore(path, undefined, LEVEL);
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const leafOf = (name: string): Digest => hashToElements('test leaf', name);
const treeWith = (leaves: readonly Digest[]): RegistryTree => {
  const tree = new RegistryTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree;
};

/** All that a registry should be when these are its leaves: root, leaves, nodes, and what is appended to it next. */
async function expectRegistry(registry: string, leaves: readonly Digest[]): Promise<void> {
  const tree = treeWith(leaves);
  const stored = await store.registry(registry);
  expect(stored).toMatchObject({ root: digestToHex(tree.root()), frontier: { size: leaves.length } });
  expect(await store.rootHistory(registry, digestToHex(tree.root()))).toBeDefined();
  expect(readLeaves(await store.leaves(registry, 0, leaves.length), leaves.length)).toEqual({ ok: true, value: leaves });
  const nodes = await store.registryNodes(registry, stored?.frontier ?? EMPTY_FRONTIER);
  if (shelfCount(leaves.length, LEVEL) === 1) return void expect(nodes).toEqual([]);
  const state = { registry, size: leaves.length, root: digestToHex(tree.root()) };
  expect(readNodes(nodes.map(digestToHex), state, LEVEL).ok).toBe(true);
}

let families = 0;

describe('registries with shelves', () => {
  it('are the same whichever way leaves came, were struck off and followed', async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ enrol: fc.integer({ min: 1, max: 6 }) }) },
      { weight: 1, arbitrary: fc.record({ strike: fc.nat() }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const family = `family${families++}`;
        const leaves: Digest[] = [];
        const before: { readonly registry: string; readonly leaves: readonly Digest[] }[] = [];
        for (const each of steps) {
          if ('enrol' in each)
            for (let i = 0; i < each.enrol; i++) {
              const leaf = leafOf(`${leaves.length}`);
              leaves.push(leaf);
              await store.enrolFace({ family, commitment: digestToHex(leaf), revocation: 'r', now: 1 });
            }
          else {
            const left = leaves.flatMap((leaf, at) => (leaf === STRUCK ? [] : [at]));
            const at = left[each.strike % Math.max(1, left.length)];
            if (at === undefined) continue;
            before.push({ registry: await store.faceRegistry(family), leaves: [...leaves] });
            const commitment = digestToHex(leaves[at] ?? []);
            expect(await store.revokeFace({ family, commitment, revocation: 'r', now: 2 })).toBe('revoked');
            leaves[at] = STRUCK;
          }
          await expectRegistry(await store.faceRegistry(family), leaves);
        }
        for (const old of before) await expectRegistry(old.registry, old.leaves);
      }),
      { numRuns: 12 },
    );
  });

  it('that were filled before nodes were kept have them hashed once', async () => {
    const leaves = Array.from({ length: 15 }, (_, i) => leafOf(`${i}`));
    await store.appendLeaves({ registry: 'old', from: 0, leaves, now: 1 });
    const other = new Database(path);
    const count = () => (other.prepare('SELECT count(*) AS n FROM registry_nodes').get() as { n: number }).n;
    expect(count()).toBe(3);
    other.exec('DELETE FROM registry_nodes WHERE shelf <> 1');
    await expectRegistry('old', leaves);
    expect(count()).toBe(3);
    await expectRegistry('old', leaves);
    other.exec('DELETE FROM registry_nodes');
    const more = Array.from({ length: 4 }, (_, i) => leafOf(`more ${i}`));
    await store.appendLeaves({ registry: 'old', from: 15, leaves: more, now: 2 });
    expect(count()).toBe(1);
    await expectRegistry('old', [...leaves, ...more]);
    other.close();
  });

  it('keep no node of a push that leads elsewhere', async () => {
    const leaves = Array.from({ length: 4 }, (_, i) => leafOf(`${i}`));
    expect(await store.appendLeaves({ registry: 'r', from: 0, leaves, root: digestToHex(leafOf('x')), now: 1 })).toEqual({
      outcome: 'mismatch',
    });
    await store.appendLeaves({ registry: 'r', from: 0, leaves: [...leaves, ...leaves.map((_, i) => leafOf(`n${i}`))], now: 1 });
    await expectRegistry('r', [...leaves, ...leaves.map((_, i) => leafOf(`n${i}`))]);
  });
});
