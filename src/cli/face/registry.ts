import { err, ok, type Result } from '../../base/index.ts';
import { type Digest, digestFromHex, digestToHex, isEmptyLeaf, RegistryTree, readLeaves } from '../../registry/index.ts';
import { readBytes } from '../models/read.ts';

/** Leaves of 32 bytes: 64 MB hold two million of them. */
const MOST_BYTES = 2 ** 26;

/**
 * A registry from its leaves in order: commitments as 64 hex digits, one a line, or the bytes that a verifier serves (32 a leaf).
 * Errors: cli/file, input/too-large, registry/malformed.
 */
export async function readRegistry(file: string): Promise<Result<RegistryTree>> {
  const bytes = await readBytes(file, MOST_BYTES);
  if (!bytes.ok) return bytes;
  const text = Buffer.from(bytes.value).toString('latin1').trim();
  const lines = text.split(/\s+/);
  const leaves = lines.every((line) => /^[0-9a-f]{64}$/.test(line)) ? fromLines(lines) : readLeaves(bytes.value, bytes.value.length / 32);
  if (!leaves.ok) return leaves;
  const tree = new RegistryTree();
  for (const leaf of leaves.value) tree.append(leaf);
  return ok(tree);
}

function fromLines(lines: readonly string[]): Result<readonly Digest[]> {
  const leaves: Digest[] = [];
  for (const [i, line] of lines.entries()) {
    const leaf = digestFromHex(line);
    if (leaf === undefined || isEmptyLeaf(leaf)) return err('registry/malformed', { what: `line ${i + 1}` });
    leaves.push(leaf);
  }
  return ok(leaves);
}

/** The path of a commitment in a registry, and the root it leads to. Error: face/path when it is not in it. */
export function pathOf(
  tree: RegistryTree,
  commitment: Digest,
): Result<{ readonly root: Digest; readonly path: ReturnType<RegistryTree['path']> }> {
  const position = tree.find(commitment);
  return position === undefined ? err('face/path') : ok({ root: tree.root(), path: tree.path(position) });
}

export { digestFromHex, digestToHex };
