import { err, ok, type Result } from '../../base/index.ts';
import { decodeOutput, type IntGraph, type IntTensor, tensorSize } from '../../model/integer.ts';
import type { ModelPolicy } from '../../program/index.ts';
import { type ModelProof, parseModelProof } from '../../protocol/index.ts';
import { type OnPlanning, type PreparedModel, prepareModel } from '../../protocol/transparent/index.ts';
import { verifyModelProof } from '../../verify/transparent/index.ts';
import { type ModelLabels, readBundle } from '../models/bundle.ts';

export interface LoadedModel {
  readonly prepared: PreparedModel;
  readonly network: IntGraph;
  readonly input: IntTensor;
  readonly labels: ModelLabels;
}

/** A compiled network's folder, ready to prove or verify, with a policy on its output if one is chosen. Errors: those of readBundle and `choose`, model/input, those of prepareModel. */
export async function loadModel(
  folder: string,
  choose: (network: IntGraph) => Result<ModelPolicy | undefined> = () => ok(undefined),
  onPlanning?: OnPlanning,
): Promise<Result<LoadedModel>> {
  const bundle = await readBundle(folder);
  if (!bundle.ok) return bundle;
  const { network } = bundle.value;
  const [id, ...more] = network.inputs;
  const input = id === undefined ? undefined : network.tensors[id];
  if (input === undefined || more.length > 0)
    return err('model/input', { what: `the model has ${network.inputs.length} inputs; a proof takes a model of one, so far` });
  const policy = choose(network);
  if (!policy.ok) return policy;
  const prepared = prepareModel(network, policy.value, onPlanning);
  return prepared.ok ? ok({ prepared: prepared.value, network, input, labels: bundle.value.manifest }) : prepared;
}

export interface CheckedModel extends LoadedModel {
  readonly file: ModelProof;
  /** Proven bits, computed here from the parameters. */
  readonly soundness: number;
}

/** Reads a proof file's JSON and checks it against the network in `folder`. Errors: those of loadModel, proof/*. */
export async function checkModelProof(json: unknown, folder: string, onPlanning?: OnPlanning): Promise<Result<CheckedModel>> {
  const file = parseModelProof(json);
  if (!file.ok) return file;
  const { policy } = file.value;
  const loaded = await loadModel(folder, () => ok(policy), onPlanning);
  // The network itself compiles: the policy is what does not fit it.
  if (!loaded.ok) return policy !== undefined && loaded.error.code === 'model/unprovable' ? err('proof/statement') : loaded;
  const verified = verifyModelProof({ model: loaded.value.prepared, file: file.value });
  return verified.ok ? ok({ ...loaded.value, file: file.value, soundness: verified.value.soundness }) : verified;
}

/** Real values of a file's output, as the scale that the file states has it. */
export function realValues({ shape, scale, integers }: ModelProof['outputs'][number]): number[] {
  if (typeof scale === 'number') return integers.map((value) => value * scale);
  const inner = shape.slice(scale.axis + 1).reduce((product, length) => product * length, 1);
  const along = shape[scale.axis] ?? 1;
  return integers.map((value, i) => value * (scale.values[Math.floor(i / inner) % along] ?? Number.NaN));
}

/** What one step of the only output at `index` stands for. */
export function stepOf(network: IntGraph, index: number): number | undefined {
  const tensor = network.tensors[network.outputs[0] ?? -1];
  return tensor === undefined
    ? undefined
    : decodeOutput(new Int32Array(tensorSize(tensor.shape)).fill(1), tensor.shape, tensor.scale)[index];
}

/** In words, what a policy says; the bound in real numbers where the network is at hand. */
export function policyLine(policy: ModelPolicy, network?: IntGraph): string {
  if (policy.kind === 'class') return `the largest output is number ${policy.index}, counted from 0`;
  const step = network === undefined ? undefined : stepOf(network, policy.index);
  const bound = step === undefined ? `${policy.value} steps of its scale` : (policy.value * step).toPrecision(5);
  return `output ${policy.index}, counted from 0, is at least ${bound}`;
}

const SHOWN = 16;

/** One line an output, its shape and first values; or the policy. */
export const outputLines = (file: ModelProof, network?: IntGraph): string[] =>
  file.policy !== undefined
    ? [policyLine(file.policy, network)]
    : file.outputs.map((output) => {
        const values = realValues(output);
        const head = values.slice(0, SHOWN).map((value) => value.toPrecision(5));
        return `${output.shape.join('x')}: ${head.join(' ')}${values.length > SHOWN ? ' …' : ''}`;
      });
