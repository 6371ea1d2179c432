// SPDX-License-Identifier: Apache-2.0
import { err, fromBase64Url, fromHex, type Hash32, ok, type Result } from '../../base/index.ts';
import type { Kernels } from '../../field/index.ts';
import type { FaceProof } from '../../protocol/index.ts';
import type { Plan } from '../../protocol/transparent/index.ts';
import { type Verified, verifyTransparent } from './verifier.ts';

export interface FaceVerifyJob {
  /** Of the verifier's own copy of the networks, for the statement that the file names: `face-enrol` or `face-match`. */
  readonly plan: Plan;
  /** Hash of that network over the frame. */
  readonly model: Hash32;
  readonly file: FaceProof;
  /** Only for speed. */
  readonly kernels?: Kernels;
}

const elements = (hex: string): number[] => {
  const bytes = fromHex(hex) ?? new Uint8Array();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
};

/** The statement's public values, in the program's order. */
export const facePublics = (file: FaceProof): number[] =>
  file.statement === 'face-enrol'
    ? elements(file.commitment)
    : [...elements(file.root), ...elements(file.scope), ...elements(file.nullifier), file.threshold];

/**
 * Whether a proof file shows its statement. What root, scope, nonce and threshold are good for is the caller's question: it knows which ones
 * it asked for, which roots are current, and whether the nullifier was seen. Total on any parsed file. Errors: proof/program (another
 * network or program), proof/statement (bits other than computed here, an element of p or more), proof/malformed, and those of
 * verifyTransparent.
 */
export function verifyFaceProof({ plan, model, file, kernels }: FaceVerifyJob): Result<Verified> {
  if (plan.program.name !== file.statement || file.model !== model || file.program !== plan.hash) return err('proof/program');
  if (file.soundnessBits !== Math.floor(plan.soundness)) return err('proof/statement');
  const proof = fromBase64Url(file.proof);
  if (proof === undefined) return err('proof/malformed', { what: 'proof: not base64url' });
  const statement = { model, nonce: file.nonce as Hash32, publics: facePublics(file) };
  const verified = verifyTransparent({ plan, statement, proof, ...(kernels === undefined ? {} : { kernels }) });
  return verified.ok ? ok(verified.value) : verified;
}
