// SPDX-License-Identifier: Apache-2.0
import { type FaceNetworks, prepareFaceEnrol, prepareFaceMatch } from '../../../circuits/face/index.ts';
import { type Hash32, ok, type Result } from '../../../src/base/index.ts';
import type { FaceProof } from '../../../src/protocol/index.ts';
import { verifyFaceProof } from '../../../src/verify/transparent/index.ts';

/** What requests name and verdicts say of a statement. */
export interface FaceProgram {
  readonly model: Hash32;
  readonly program: Hash32;
  readonly soundnessBits: number;
}
export interface FacePrograms {
  readonly enrol: FaceProgram;
  readonly match: FaceProgram;
}

/** Checks proofs of faces against this service's own networks. */
export interface FaceChecker {
  /** The programs, once they are laid out. */
  programs(): Promise<Result<FacePrograms>>;
  /** Errors: proof/*. */
  check(file: FaceProof): Promise<Result<void>>;
  close(): Promise<void>;
}

/** The work itself, on the thread that calls it: some seconds to lay the programs out, some 100 ms a proof. Errors: model/unprovable. */
export function prepareFaces(networks: FaceNetworks, margin: number) {
  const enrol = prepareFaceEnrol(networks, margin);
  if (!enrol.ok) return enrol;
  const match = prepareFaceMatch(networks, margin);
  if (!match.ok) return match;
  const programOf = ({ model, plan }: typeof enrol.value | typeof match.value): FaceProgram => ({
    model,
    program: plan.hash,
    soundnessBits: Math.floor(plan.soundness),
  });
  return ok({
    programs: { enrol: programOf(enrol.value), match: programOf(match.value) } satisfies FacePrograms,
    check(file: FaceProof): Result<void> {
      const { plan, model } = file.statement === 'face-enrol' ? enrol.value : match.value;
      const verified = verifyFaceProof({ plan, model, file });
      return verified.ok ? ok(undefined) : verified;
    },
  });
}

/** On this thread, laid out when it is first needed: for small networks. */
export function inlineChecker(networks: FaceNetworks, margin: number): FaceChecker {
  let made: ReturnType<typeof prepareFaces> | undefined;
  const prepared = () => {
    made ??= prepareFaces(networks, margin);
    return made;
  };
  return {
    programs: async () => {
      const all = prepared();
      return all.ok ? ok(all.value.programs) : all;
    },
    check: async (file) => {
      const all = prepared();
      return all.ok ? all.value.check(file) : all;
    },
    close: async () => undefined,
  };
}
