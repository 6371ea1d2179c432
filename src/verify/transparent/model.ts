// SPDX-License-Identifier: Apache-2.0
import { err, fromBase64Url, fromHex, type Hash32, ok, type Result } from '../../base/index.ts';
import { fromSigned, type Kernels } from '../../field/index.ts';
import type { ModelOutput, ModelPolicy } from '../../program/index.ts';
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
function publicValues({ outputs, policy }: PreparedModel, { outputs: given, inputCommitment }: ModelProof): Result<readonly number[]> {
  const own = policy === undefined ? outputs : [];
  const fits =
    given.length === own.length && given.every((output, i) => sameOutput(own[i], output.shape, output.scale, output.integers.length));
  const commitment = fromHex(inputCommitment);
  if (!fits || commitment === undefined) return err('proof/statement');
  const view = new DataView(commitment.buffer, commitment.byteOffset, commitment.byteLength);
  const digest = Array.from({ length: commitment.length / 4 }, (_, i) => view.getUint32(4 * i, true));
  return ok([...given.flatMap(({ integers }) => integers.map(fromSigned)), ...digest]);
}

const samePolicy = (own: ModelPolicy | undefined, given: ModelPolicy | undefined): boolean =>
  own?.kind === given?.kind &&
  own?.index === given?.index &&
  (own?.kind === 'at-least' && given?.kind === 'at-least' ? own.value === given.value : true);

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
  if (!samePolicy(model.policy, file.policy)) return err('proof/statement');
  const publics = publicValues(model, file);
  if (!publics.ok) return publics;
  if (file.soundnessBits !== Math.floor(plan.soundness)) return err('proof/statement');
  const proof = fromBase64Url(file.proof);
  if (proof === undefined) return err('proof/malformed', { what: 'proof: not base64url' });
  const statement = { model: model.model, nonce: file.nonce as Hash32, publics: publics.value };
  return verifyTransparent({ plan, statement, proof, ...(kernels === undefined ? {} : { kernels }) });
}

/**
 * The same from the text of a file, the program made for the policy that the file states: `prepare` compiles the verifier's own copy
 * of the network with it. Errors beside those of verifyModelProof: input/too-large, proof/malformed, proof/version, those of `prepare`.
 */
export function checkModelFile(
  prepare: (policy: ModelPolicy | undefined) => Result<PreparedModel>,
  text: string,
): Result<Verified & { readonly file: ModelProof }> {
  if (text.length > MAX_MODEL_PROOF_BYTES) return err('input/too-large', { limit: `${MAX_MODEL_PROOF_BYTES} bytes` });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err('proof/malformed', { what: 'not JSON' });
  }
  const file = parseModelProof(value);
  if (!file.ok) return file;
  const model = prepare(file.value.policy);
  // The network compiles without it: the policy is what does not fit.
  if (!model.ok) return file.value.policy === undefined ? model : err('proof/statement');
  const verified = verifyModelProof({ model: model.value, file: file.value });
  return verified.ok ? ok({ ...verified.value, file: file.value }) : verified;
}
