import { err, ok, type Result } from '../../src/base/index.ts';
import type { CheckedModelProof } from '../../src/client/transparent/types.ts';
import { decodeIntGraph, decodeOutput, type IntGraph, tensorSize } from '../../src/model/integer.ts';
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
  const took = now() - began;
  if (!checked.ok) return checked;
  const { file, soundness } = checked.value;
  const values = file.outputs.map(({ shape, scale, integers }) => {
    const steps = typeof scale === 'number' ? scale : { axis: scale.axis, values: Float64Array.from(scale.values) };
    return [...decodeOutput(Int32Array.from(integers), shape, steps)];
  });
  return ok({ file, soundness, values, bound: boundOf(file.policy, network.value), took });
}

function boundOf(policy: ModelPolicy | undefined, { outputs, tensors }: IntGraph): number | undefined {
  const tensor = tensors[outputs[0] ?? -1];
  if (policy?.kind !== 'at-least' || tensor === undefined) return undefined;
  const steps = decodeOutput(new Int32Array(tensorSize(tensor.shape)).fill(1), tensor.shape, tensor.scale);
  return policy.value * (steps[policy.index] ?? Number.NaN);
}
