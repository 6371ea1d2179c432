import { err, ok, type Result } from '../../src/base/index.ts';
import type { CheckedModelProof } from '../../src/client/transparent/types.ts';
import { decodeIntGraph, decodeOutput } from '../../src/model/index.ts';
import type { ModelPolicy } from '../../src/program/index.ts';
import { type PreparedModel, prepareModel } from '../../src/protocol/transparent/index.ts';
import { checkModelFile } from '../../src/verify/transparent/index.ts';

/** Whether a model's proof file holds for this network. Errors: those of decodeIntGraph, model/unprovable, checkModelFile. */
export function verifyModel(bytes: Uint8Array, text: string, now: () => number): Result<CheckedModelProof> {
  const network = decodeIntGraph(bytes);
  if (!network.ok) return network;
  if (network.value.inputs.length !== 1) return err('proof/program');
  let began = now();
  const prepare = (policy: ModelPolicy | undefined): Result<PreparedModel> => {
    const prepared = prepareModel(network.value, policy);
    began = now();
    return prepared;
  };
  const checked = checkModelFile(prepare, text);
  if (!checked.ok) return checked;
  const { file, soundness } = checked.value;
  const values = file.outputs.map(({ shape, scale, integers }) => {
    const steps = typeof scale === 'number' ? scale : { axis: scale.axis, values: Float64Array.from(scale.values) };
    return [...decodeOutput(Int32Array.from(integers), shape, steps)];
  });
  return ok({ file, soundness, values, took: now() - began });
}
