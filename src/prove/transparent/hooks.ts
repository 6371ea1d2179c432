import type { Ext } from '../../field/index.ts';
import type { Transcript } from '../../protocol/transparent/index.ts';
import type { Committed } from './commit.ts';

/**
 * Where a test may make the prover lie or leak; the product passes none of these. Each hook changes what it is given in place,
 * except `message`, which returns what is sent instead. Everything else then follows the protocol.
 */
export interface Hooks {
  /** Goes on although a relation does not hold. */
  readonly force?: boolean;
  /** Whose challenges are programmed. */
  readonly transcript?: Transcript;
  readonly counts?: (counts: readonly Uint32Array[]) => void;
  /** Virtual inputs and outputs of the lookups, as the lookup tree will see them. */
  readonly lookupCells?: (cells: readonly { readonly a: Uint32Array; readonly o1?: Uint32Array; readonly o2?: Uint32Array }[]) => void;
  readonly cells?: (cells: Uint32Array) => void;
  readonly pads?: (pads: Ext[]) => void;
  readonly tails?: (tails: Uint32Array) => void;
  readonly masks?: (masks: { readonly s: Ext[]; readonly z: Ext[]; readonly t: Ext[] }) => void;
  readonly salts?: (salts: Uint8Array) => void;
  /** Sees everything that is committed, the randomness too. */
  readonly observe?: (committed: Committed) => void;
  /** Told which pad cells a message lacks, before it is sent. */
  readonly padded?: (name: string, cells: readonly number[]) => void;
  readonly message?: (name: string, values: readonly Ext[]) => readonly Ext[];
}
