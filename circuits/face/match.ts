// SPDX-License-Identifier: Apache-2.0
import { err, type Hash32, invariant, ok, type Result } from '../../src/base/index.ts';
import { sponge } from '../../src/field/index.ts';
import { type IntGraph, intGraphHash } from '../../src/model/integer.ts';
import {
  COSINE_THRESHOLDS,
  cosineAtLeast,
  cosineReaches,
  DIGEST,
  elements,
  type Grinding,
  limbTables,
  merklePath,
  type Program,
  ProgramBuilder,
  pad,
  publishDigest,
  rangeTable,
  spongeGadget,
  storeDigest,
  type Witness,
} from '../../src/program/index.ts';
import { COMMITMENT_TAG, DEPTH, EMBEDDING, EMBEDDING_RANGE, MARGIN, NULLIFIER_TAG } from './constants.ts';
import { type FaceNetworks, faceGraph } from './networks.ts';
import {
  addNetworks,
  assemble,
  cells,
  checkTemplate,
  commitmentMessage,
  commitTemplate,
  eight,
  evaluateFrame,
  type Forward,
  isElements,
} from './program.ts';

/** What the holder keeps from enrolment. */
export interface Holder {
  readonly secret: readonly number[];
  readonly blinding: readonly number[];
  readonly template: ArrayLike<number>;
}

/** Siblings from the leaf up, and the bits of the leaf's position, lowest first. */
export interface Path {
  readonly siblings: readonly (readonly number[])[];
  readonly bits: readonly number[];
}

export interface MatchPublics {
  readonly root: readonly number[];
  readonly scope: readonly number[];
  /** Parts in 4096 of a cosine of 1. */
  readonly threshold: number;
}

export interface Match {
  readonly witness: Witness;
  readonly nullifier: readonly number[];
}

export interface FaceMatch {
  readonly program: Program;
  readonly graph: IntGraph;
  readonly model: Hash32;
  /**
   * Errors: model/input, model/out-of-range, input/malformed (template), face/path (it does not lead from the holder's commitment to the
   * root), face/no-match (the cosine does not reach the threshold: nothing is proven, nobody is told).
   */
  witness(frame: Int32Array, holder: Holder, path: Path, publics: MatchPublics, forward?: Forward): Result<Match>;
}

export const commitmentOf = ({ secret, blinding, template }: Holder): number[] =>
  sponge(COMMITMENT_TAG, commitmentMessage(secret, blinding, template));

/** One a secret and scope: who answers twice in a scope is seen, and two scopes cannot be linked. */
export const nullifierOf = (secret: readonly number[], scope: readonly number[]): number[] => sponge(NULLIFIER_TAG, [...secret, ...scope]);

/**
 * `face-match`: a commitment under the public root holds a secret and a template; the network's template of a private fresh frame has
 * a cosine of at least threshold / 4096 with it; the nullifier is that secret's for the scope. Public values: root (8),
 * scope (8), nullifier (8), threshold.
 */
export function faceMatch(
  networks: FaceNetworks,
  { margin = MARGIN, depth = DEPTH, grinding }: { readonly margin?: number; readonly depth?: number; readonly grinding?: Grinding } = {},
): FaceMatch {
  const graph = faceGraph(networks, margin, false);
  const b = new ProgramBuilder('face-match', [...eight('root'), ...eight('scope'), ...eight('nullifier'), 'threshold'], grinding);
  const { compiled, embedding } = addNetworks(b, graph);
  const tables = limbTables();
  const [secret, blinding] = [b.block('secret', [DIGEST]), b.block('blinding', [DIGEST])];
  const template = b.block('template', [EMBEDDING], EMBEDDING_RANGE);
  b.ranged(template, rangeTable('template', EMBEDDING_RANGE));
  const commitment = commitTemplate(b, secret, blinding, template);
  const leaf = b.block('leaf', [DIGEST]);
  storeDigest(b, commitment, leaf);
  const member = merklePath(b, 'path', leaf, depth, 0);
  const nullifier = spongeGadget(b, 'nullifier', NULLIFIER_TAG, 2 * DIGEST, [elements(secret, 0)], {
    publics: Array.from({ length: DIGEST }, (_, i) => [DIGEST + i, DIGEST + i] as const),
  });
  publishDigest(b, nullifier, 2 * DIGEST);
  const cosine = cosineAtLeast(b, 'cosine', tables, embedding, template, { a: EMBEDDING_RANGE, t: EMBEDDING_RANGE }, 3 * DIGEST);
  const program = b.finish();
  return {
    program,
    graph,
    model: intGraphHash(graph),
    witness: (frame, holder, path, { root, scope, threshold }, forward) => {
      invariant([holder.secret, holder.blinding, root, scope].every(isElements), 'face: eight elements each');
      invariant(threshold >= COSINE_THRESHOLDS.min && threshold <= COSINE_THRESHOLDS.max, 'face: a threshold out of range');
      const enrolled = checkTemplate(holder.template);
      if (!enrolled.ok) return enrolled;
      const message = commitmentMessage(holder.secret, holder.blinding, enrolled.value);
      const from = sponge(COMMITMENT_TAG, message);
      const fits = path.siblings.length === depth && path.bits.length === depth && path.siblings.every(isElements);
      const turns = path.bits.every((bit) => bit === 0 || bit === 1);
      if (!fits || !turns || member.root(from, path.siblings, path.bits).some((x, i) => x !== root[i])) return err('face/path');
      const run = evaluateFrame(graph, compiled, frame, forward);
      if (!run.ok) return run;
      if (!cosineReaches(run.value.template, enrolled.value, threshold)) return err('face/no-match');
      const own = nullifierOf(holder.secret, scope);
      const parts = [
        run.value.fill,
        [cells(secret, holder.secret), cells(blinding, holder.blinding), cells(leaf, from)],
        [{ block: template.source as number, cells: pad(template.axes, enrolled.value) }],
        commitment.fill(message),
        member.fill(from, path.siblings, path.bits),
        nullifier.fill([...holder.secret, ...scope]),
        cosine.fill(run.value.template, enrolled.value, threshold),
      ];
      return ok({ witness: assemble(program, parts, [...root, ...scope, ...own, threshold], run.value.inputs), nullifier: own });
    },
  };
}
