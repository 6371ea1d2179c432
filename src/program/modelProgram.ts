// SPDX-License-Identifier: Apache-2.0
import type { Hash32 } from '../base/index.ts';
import { intGraphHash } from '../model/integer.ts';
import type { IntGraph, Scale } from '../model/intGraph.ts';
import { type ModelStatement, modelStatement } from './model.ts';
import type { ModelPolicy } from './policy.ts';
import { Work } from './work.ts';

/** One output of the network: how many public integers it is, and what real numbers they stand for. */
export interface ModelOutput {
  readonly shape: readonly number[];
  readonly scale: Scale;
}

/** The one program that stands for "this network maps the committed input to these outputs", or to outputs that meet the policy. */
export interface ModelProgram extends ModelStatement {
  /** SHA-256 of the encoded network. */
  readonly model: Hash32;
  readonly outputs: readonly ModelOutput[];
  /** What is public instead of the outputs. */
  readonly policy: ModelPolicy | undefined;
}

/**
 * The statement `model` about a compiled network: outputs public or a policy on them, the (first) input behind a hiding commitment. Names come from
 * positions, so that prover and verifier get the same program from the same network bytes, whatever its layers are called.
 * Throws InvariantError for a network that the gadgets cannot express (protocol/transparent's prepareModel makes that an error).
 */
export function modelProgram(network: IntGraph, policy?: ModelPolicy, work = new Work()): ModelProgram {
  const unnamed: IntGraph = {
    ...network,
    tensors: network.tensors.map((tensor, i) => ({ ...tensor, name: `t${i}` })),
    tables: network.tables.map((table, i) => ({ ...table, name: `table ${i}` })),
    nodes: network.nodes.map((node, i) => ({ ...node, name: `layer ${i}` })),
  };
  const outputs = network.outputs.map((id): ModelOutput => ({ shape: network.tensors[id].shape, scale: network.tensors[id].scale }));
  return { ...modelStatement('model', unnamed, { commitInput: true, policy, work }), model: intGraphHash(network), outputs, policy };
}
