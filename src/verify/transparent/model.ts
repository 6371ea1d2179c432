// SPDX-License-Identifier: Apache-2.0
import { err, fromBase64Url, fromHex, type Hash32, ok, type Result } from '../../base/index.ts';
import { fromSigned, type Kernels } from '../../field/index.ts';
import type { ModelOutput } from '../../program/index.ts';
import { MAX_MODEL_PROOF_BYTES, type ModelProof, parseModelProof } from '../../protocol/index.ts';
import type { PreparedModel } from '../../protocol/transparent/index.ts';
import { type Verified, verifyTransparent } from './verifier.ts';

export interface ModelVerifyJob {
  /** Prepared from the verifier's own copy of the network. */
  readonly model: PreparedModel;
  readonly file: ModelProof;
  /** Only for speed. */
  readonly kernels?: Kernels;
}

/** Errors: proof/statement for outputs of another count, shape or scale than the network's. */
function publicValues({ outputs }: PreparedModel, { outputs: given, inputCommitment }: ModelProof): Result<readonly number[]> {
  const fits =
    given.length === outputs.length &&
    given.every((output, i) => sameOutput(outputs[i], output.shape, output.scale, output.integers.length));
  const commitment = fromHex(inputCommitment);
  if (!fits || commitment === undefined) return err('proof/statement');
  const view = new DataView(commitment.buffer, commitment.byteOffset, commitment.byteLength);
  const digest = Array.from({ length: commitment.length / 4 }, (_, i) => view.getUint32(4 * i, true));
  return ok([...given.flatMap(({ integers }) => integers.map(fromSigned)), ...digest]);
}

function sameOutput(own: ModelOutput, shape: readonly number[], scale: ModelProof['outputs'][number]['scale'], count: number): boolean {
  const sameShape = shape.length === own.shape.length && shape.every((length, i) => length === own.shape[i]);
  const full = count === own.shape.reduce((product, length) => product * length, 1);
  if (typeof own.scale === 'number' || typeof scale === 'number') return sameShape && full && scale === own.scale;
  const { axis, values } = own.scale;
  const sameScale = scale.axis === axis && scale.values.length === values.length && scale.values.every((value, i) => value === values[i]);
  return sameShape && full && sameScale;
}

/**
 * Whether a proof file shows that the verifier's network maps an input behind the file's commitment to the file's outputs. Total on
 * any parsed file. Errors: proof/program (made for another network or program), proof/statement (outputs of another form, bits
 * other than computed here), proof/malformed, and those of verifyTransparent.
 */
export function verifyModelProof({ model, file, kernels }: ModelVerifyJob): Result<Verified> {
  const { plan } = model;
  if (file.model !== model.model || file.program !== plan.hash) return err('proof/program');
  const publics = publicValues(model, file);
  if (!publics.ok) return publics;
  if (file.soundnessBits !== Math.floor(plan.soundness)) return err('proof/statement');
  const proof = fromBase64Url(file.proof);
  if (proof === undefined) return err('proof/malformed', { what: 'proof: not base64url' });
  const statement = { model: model.model, nonce: file.nonce as Hash32, publics: publics.value };
  return verifyTransparent({ plan, statement, proof, ...(kernels === undefined ? {} : { kernels }) });
}

/** The same from the text of a file. Errors beside those of verifyModelProof: input/too-large, proof/malformed, proof/version. */
export function checkModelFile(model: PreparedModel, text: string): Result<Verified & { readonly file: ModelProof }> {
  if (text.length > MAX_MODEL_PROOF_BYTES) return err('input/too-large', { limit: `${MAX_MODEL_PROOF_BYTES} bytes` });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err('proof/malformed', { what: 'not JSON' });
  }
  const file = parseModelProof(value);
  if (!file.ok) return file;
  const verified = verifyModelProof({ model, file: file.value });
  return verified.ok ? ok({ ...verified.value, file: file.value }) : verified;
}
