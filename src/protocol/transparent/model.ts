// SPDX-License-Identifier: Apache-2.0
import { err, InvariantError, ok, type Result } from '../../base/index.ts';
import {
  MOST_CELLS,
  MOST_ROWS,
  type ModelPolicy,
  type ModelProgram,
  modelProgram,
  planningSize,
  TooMuchWork,
  Work,
} from '../../program/index.ts';
import { type Plan, planProgram } from './plan.ts';

/** A network's program and its plan: all that both sides need besides the messages. */
export interface PreparedModel extends ModelProgram {
  readonly plan: Plan;
}

/** Hears what share of the planning is done, from 0 to 1, as far as the shapes tell; may throw to end it. */
export type OnPlanning = (fraction: number) => void;

/**
 * Compiles and plans the statement `model` about a network that passed decodeIntGraph. Some hundred bytes can stand for millions of
 * cells, so the work is estimated from the shapes before any of it is done, and counted as it is done. Errors: verifier/too-large where it is beyond what is ever done,
 * and model/unprovable, with the requirement that does not hold (an output that could wrap around, a table too wide, an input range
 * without zero, a policy that does not fit the output, no parameters that reach the floor): a network may come from anybody, so these are no bugs here.
 */
export function prepareModel(
  network: Parameters<typeof modelProgram>[0],
  policy?: ModelPolicy,
  onPlanning?: OnPlanning,
): Result<PreparedModel> {
  const { cells, rows, steps, limit } = planningSize(network);
  const tooLarge = (what: string, most: number) => err('verifier/too-large', { what, limit: most });
  if (cells > MOST_CELLS) return tooLarge(`${cells} cells`, MOST_CELLS);
  if (rows > MOST_ROWS) return tooLarge(`${rows} rows of tables`, MOST_ROWS);
  if (steps > limit) return tooLarge(`${steps} steps of planning`, limit);
  const work = new Work(limit, onPlanning && ((done) => onPlanning(Math.min(0.99, done / (2 * steps)))));
  try {
    const model = modelProgram(network, policy, work);
    const plan = planProgram(model.program);
    onPlanning?.(1);
    return ok({ ...model, plan });
  } catch (thrown) {
    if (thrown instanceof TooMuchWork) return tooLarge('more steps of planning', limit);
    if (thrown instanceof InvariantError) return err('model/unprovable', { what: thrown.message });
    throw thrown;
  }
}
