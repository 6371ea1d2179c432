// SPDX-License-Identifier: Apache-2.0
import { err, InvariantError, ok, type Result } from '../../base/index.ts';
import { MOST_CELLS, MOST_STEPS, type ModelPolicy, type ModelProgram, modelProgram, planningSize } from '../../program/index.ts';
import { type Plan, planProgram } from './plan.ts';

/** A network's program and its plan: all that both sides need besides the messages. */
export interface PreparedModel extends ModelProgram {
  readonly plan: Plan;
}

/**
 * Compiles and plans the statement `model` about a network that passed decodeIntGraph. Some hundred bytes can stand for millions of
 * cells, so the work is known from the shapes before any of it is done. Errors: verifier/too-large where it is beyond what is ever done,
 * and model/unprovable, with the requirement that does not hold (an output that could wrap around, a table too wide, an input range
 * without zero, a policy that does not fit the output, no parameters that reach the floor): a network may come from anybody, so these are no bugs here.
 */
export function prepareModel(network: Parameters<typeof modelProgram>[0], policy?: ModelPolicy): Result<PreparedModel> {
  const { cells, steps } = planningSize(network);
  if (cells > MOST_CELLS) return err('verifier/too-large', { what: `${cells} cells`, limit: MOST_CELLS });
  if (steps > MOST_STEPS) return err('verifier/too-large', { what: `${steps} steps of planning`, limit: MOST_STEPS });
  try {
    const model = modelProgram(network, policy);
    return ok({ ...model, plan: planProgram(model.program) });
  } catch (thrown) {
    if (thrown instanceof InvariantError) return err('model/unprovable', { what: thrown.message });
    throw thrown;
  }
}
