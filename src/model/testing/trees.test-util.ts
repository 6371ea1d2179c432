// SPDX-License-Identifier: Apache-2.0
//
// Test helper: changes to the parsed structure of a file, whatever its format. A tree is what JSON has, and bytes.
export type Tree = null | boolean | number | string | Uint8Array | Tree[] | { [key: string]: Tree };

/** One change: where (taken modulo the number of places), how, and with what (modulo what there is to choose from). */
export interface Change {
  readonly at: number;
  readonly how: (typeof WAYS)[number];
  readonly pick: number;
}

export const WAYS = ['drop', 'double', 'swap', 'graft', 'graft', 'graft', 'number', 'number', 'text', 'bytes', 'confuse'] as const;

const NUMBERS = [
  0,
  1,
  -1,
  2,
  3,
  4,
  7,
  8,
  16,
  127,
  128,
  255,
  65_536,
  2 ** 24,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -(2 ** 53),
  0.5,
  -0,
  1e-45,
  1e38,
  1e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
]; // prettier-ignore
const TEXTS = [
  '',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '0',
  'x\u0000',
  '\ud800',
  'é'.repeat(300),
  '^x',
  'x:1',
  'x:-1',
];
const OTHERS: readonly (() => Tree)[] = [
  () => null,
  () => true,
  () => 5,
  () => 'x',
  () => [],
  () => ({}),
  () => [[[[[[[[[[1]]]]]]]]]],
  () => Array.from({ length: 300 }, () => 2),
  () => ({ length: 2 ** 40 }),
  () => Uint8Array.of(255, 255, 255, 255),
];

interface Place {
  readonly parent: Tree[] | { [key: string]: Tree };
  readonly key: string;
  /** The name it has in its message: that of the list, for an item of one. */
  readonly name: string;
}

function* places(tree: Tree, name = ''): Generator<Place> {
  if (typeof tree !== 'object' || tree === null || tree instanceof Uint8Array) return;
  for (const key of Object.keys(tree)) {
    const own = Array.isArray(tree) ? name : key;
    yield { parent: tree, key, name: own };
    yield* places((tree as { [key: string]: Tree })[key] as Tree, own);
  }
}

const get = ({ parent, key }: Place): Tree => (parent as { [key: string]: Tree })[key] as Tree;
const put = ({ parent, key }: Place, value: Tree): void => {
  // Not an assignment: the name may be __proto__.
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
};
const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

function bytes(value: Tree, pick: number): Tree {
  if (!(value instanceof Uint8Array)) return value;
  if (pick % 4 === 0) return value.slice(0, pick % (value.length + 1));
  if (pick % 4 === 1) return Uint8Array.from([...value, ...value]);
  return value.slice().fill(pick % 4 === 2 ? 255 : pick % 256);
}

/** The tree with the changes made, one after the other; the given one stays. */
export function changed(tree: Tree, changes: readonly Change[]): Tree {
  const root = { root: structuredClone(tree) };
  for (const { at: where, how, pick } of changes) {
    const all = [...places(root.root)];
    if (all.length === 0) break;
    const place = at(all, where);
    const { parent, key, name } = place;
    if (how === 'drop') {
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
    } else if (how === 'double') {
      if (Array.isArray(parent)) parent.splice(pick % (parent.length + 1), 0, structuredClone(get(place)));
    } else if (how === 'swap') {
      const other = at(
        all.filter((own) => own.parent === parent),
        pick,
      );
      const [left, right] = [get(place), get(other)];
      put(place, right);
      put(other, left);
    } else if (how === 'graft') {
      // From a place of the same name: an edge for an edge, an attribute for an attribute. Now and then from anywhere.
      const same = all.filter((own) => own.name === name);
      put(place, structuredClone(get(at(pick % 8 === 0 ? all : same, pick))));
    } else if (how === 'number') {
      const numbers = all.filter((own) => typeof get(own) === 'number');
      if (numbers.length > 0) put(at(numbers, where), at(NUMBERS, pick));
    } else if (how === 'text') {
      const texts = all.filter((own) => typeof get(own) === 'string');
      if (texts.length > 0) put(at(texts, where), at(TEXTS, pick));
    } else if (how === 'bytes') {
      const raw = all.filter((own) => get(own) instanceof Uint8Array);
      if (raw.length > 0) put(at(raw, where), bytes(get(at(raw, where)), pick));
    } else put(place, at(OTHERS, pick)());
  }
  return root.root;
}
