// SPDX-License-Identifier: Apache-2.0
import { err, InvariantError, ok, type Result } from '../../base/index.ts';
import { type ModelPolicy, type ModelProgram, modelProgram } from '../../program/index.ts';
import { type Plan, planProgram } from './plan.ts';

/** A network's program and its plan: all that both sides need besides the messages. */
export interface PreparedModel extends ModelProgram {
  readonly plan: Plan;
}

/**
 * Compiles and plans the statement `model` about a network that passed decodeIntGraph. Work is bounded by the network. Error:
 * model/unprovable, with the requirement that does not hold (an output that could wrap around, a table too wide, an input range
 * without zero, a policy that does not fit the output, no parameters that reach the floor): a network may come from anybody, so these are no bugs here.
 */
export function prepareModel(network: Parameters<typeof modelProgram>[0], policy?: ModelPolicy): Result<PreparedModel> {
  try {
    const model = modelProgram(network, policy);
    return ok({ ...model, plan: planProgram(model.program) });
  } catch (thrown) {
    if (thrown instanceof InvariantError) return err('model/unprovable', { what: thrown.message });
    throw thrown;
  }
}
