// SPDX-License-Identifier: Apache-2.0
import { refuse } from '../refuse.ts';

/** A node whose operation no importer knows. */
export interface UnknownNode {
  readonly node: string;
  readonly op: string;
}

/** Names a message has room for. */
const SHOWN = 3;

/** Refuses all nodes of a file that cannot be imported at once, by operation, so that nobody mends them one by one. Returns where there is none. */
export function refuseUnknown(unknown: readonly UnknownNode[], why = 'there is no such operation here'): void {
  const [first] = unknown;
  if (first === undefined) return;
  const byOp = new Map<string, string[]>();
  for (const { node, op } of unknown) byOp.set(op, [...(byOp.get(op) ?? []), node]);
  const listed = [...byOp].map(([op, nodes]) => {
    const more = nodes.length > SHOWN ? ', …' : '';
    return `${op} (${nodes.length}: ${nodes.slice(0, SHOWN).join(', ')}${more})`;
  });
  const all = unknown.length === 1 ? '' : `; all that cannot be imported: ${listed.join('; ')}`;
  refuse('model/unsupported', { ...first, reason: `${why}${all}` });
}
