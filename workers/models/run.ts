import { err, ok, type Result } from '../../src/base/index.ts';
import type { ModelFiles, ModelOutput, OpenedModel } from '../../src/client/models/types.ts';
import {
  decodeIntGraph,
  decodeOutput,
  encodeInput,
  evaluateFloat,
  evaluateIntegers,
  type Graph,
  type IntGraph,
  importOnnx,
  intGraphHash,
  type Tensor,
  tensorSize,
} from '../../src/model/index.ts';

let model: { readonly network: IntGraph; readonly float: Graph | undefined } | undefined;

/** Errors: those of decodeIntGraph and importOnnx; model/input for more than one input. */
export function open({ network: bytes, float: onnx }: ModelFiles): Result<OpenedModel> {
  model = undefined;
  const network = decodeIntGraph(bytes);
  if (!network.ok) return network;
  const { inputs, outputs, tensors } = network.value;
  const input = tensors[inputs[0] ?? -1];
  if (inputs.length !== 1 || input === undefined)
    return err('model/input', { what: `the model has ${inputs.length} inputs; one is supported here` });
  const float = onnx === undefined ? ok(undefined) : importOnnx(onnx);
  if (!float.ok) return float;
  model = { network: network.value, float: float.value };
  return ok({
    model: intGraphHash(network.value),
    inputShape: input.shape,
    outputShapes: outputs.map((id) => tensors[id]?.shape ?? []),
  });
}

/** Errors: model/missing when nothing is open, model/input, model/out-of-range. */
export function run(input: Float64Array): Result<ModelOutput[]> {
  if (model === undefined) return err('model/missing', { tensor: 'model' });
  const { network, float } = model;
  const source = network.tensors[network.inputs[0] ?? -1];
  if (source === undefined || input.length !== tensorSize(source.shape))
    return err('model/input', { what: `${input.length} numbers; it takes ${tensorSize(source?.shape ?? [])}` });
  const tensor: Tensor = { dtype: 'float32', shape: source.shape, data: input };
  const integers = evaluateIntegers(network, [encodeInput(tensor, source.scale)]);
  if (!integers.ok) return integers;
  const name = float?.inputs[0];
  const trained = float === undefined || name === undefined ? ok([]) : evaluateFloat(float, new Map([[name, tensor]]));
  input.fill(0);
  if (!trained.ok) return trained;
  return ok(
    network.outputs.map((id, i) => {
      const { shape = [], scale = 1 } = network.tensors[id] ?? {};
      const values = integers.value[i] ?? new Int32Array(0);
      const real = trained.value[i]?.data;
      return {
        shape,
        integers: [...values],
        values: [...decodeOutput(values, shape, scale)],
        steps: [...decodeOutput(new Int32Array(values.length).fill(1), shape, scale)],
        float: real === undefined ? undefined : [...real],
      };
    }),
  );
}
