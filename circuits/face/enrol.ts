// SPDX-License-Identifier: Apache-2.0
import { err, type Hash32, invariant, ok, type Result } from '../../src/base/index.ts';
import { sponge } from '../../src/field/index.ts';
import { type IntGraph, intGraphHash } from '../../src/model/integer.ts';
import {
  DIGEST,
  type Grinding,
  limbTables,
  notZero,
  type Program,
  ProgramBuilder,
  publishDigest,
  type Witness,
} from '../../src/program/index.ts';
import { COMMITMENT_TAG, EMBEDDING_RANGE, MARGIN } from './constants.ts';
import { type FaceNetworks, faceGraph } from './networks.ts';
import {
  addNetworks,
  assemble,
  cells,
  commitmentMessage,
  commitTemplate,
  eight,
  evaluateFrame,
  type Forward,
  isElements,
  scoreAtLeast,
} from './program.ts';

/** Eight field elements each, uniform; the secret is the holder's for good, the blinding is drawn for one commitment. */
export interface EnrolSecrets {
  readonly secret: readonly number[];
  readonly blinding: readonly number[];
}

export interface Enrolment {
  readonly witness: Witness;
  /** The public commitment C. */
  readonly commitment: readonly number[];
  /** The private template that C holds. */
  readonly template: Int32Array;
  readonly score: number;
}

export interface FaceEnrol {
  readonly program: Program;
  /** The integer network over the frame, both parts of it: what a `forward` has to run. */
  readonly graph: IntGraph;
  /** SHA-256 of it. */
  readonly model: Hash32;
  /**
   * frame: [3][side][side] pixels. Errors: model/input, model/out-of-range, face/spoof (the anti-spoof network does not pass it),
   * face/blank (the network sees nothing in it: a template of zeros).
   */
  witness(frame: Int32Array, secrets: EnrolSecrets, forward?: Forward): Result<Enrolment>;
}

/**
 * `face-enrol`: the public commitment C = sponge(tag, secret, blinding, template) holds the template that the network gives for a
 * private frame, which the anti-spoof network passes; the template is not zero. Public values: C (8).
 */
export function faceEnrol(
  networks: FaceNetworks,
  { margin = MARGIN, grinding }: { readonly margin?: number; readonly grinding?: Grinding } = {},
): FaceEnrol {
  const graph = faceGraph(networks, margin, true);
  const b = new ProgramBuilder('face-enrol', eight('commitment'), grinding);
  const { compiled, embedding, score } = addNetworks(b, graph);
  invariant(score !== undefined, 'face: enrolment has a score');
  const tables = limbTables();
  const [secret, blinding] = [b.block('secret', [DIGEST]), b.block('blinding', [DIGEST])];
  const commitment = commitTemplate(b, secret, blinding, embedding);
  publishDigest(b, commitment, 0);
  const norm = notZero(b, 'norm', embedding, EMBEDDING_RANGE);
  const passes = scoreAtLeast(b, tables, score, networks.leastScore);
  const program = b.finish();
  return {
    program,
    graph,
    model: intGraphHash(graph),
    witness: (frame, secrets, forward) => {
      invariant(isElements(secrets.secret) && isElements(secrets.blinding), 'face: secret and blinding are eight elements');
      const run = evaluateFrame(graph, compiled, frame, forward);
      if (!run.ok) return run;
      const { template, score: value } = run.value;
      if (value < networks.leastScore) return err('face/spoof');
      if (template.every((x) => x === 0)) return err('face/blank');
      const message = commitmentMessage(secrets.secret, secrets.blinding, template);
      const digest = sponge(COMMITMENT_TAG, message);
      const parts = [
        run.value.fill,
        [cells(secret, secrets.secret), cells(blinding, secrets.blinding)],
        commitment.fill(message),
        norm.fill(template),
        passes.fill(value),
      ];
      return ok({ witness: assemble(program, parts, digest, run.value.inputs), commitment: digest, template, score: value });
    },
  };
}
