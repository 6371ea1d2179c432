// SPDX-License-Identifier: Apache-2.0
import { err, invariant, ok, type Result } from '../base/index.ts';
import { fromSigned, isCanonical } from '../field/index.ts';
import { evaluateIntegers } from '../model/integer.ts';
import { type IntGraph, tensorSize } from '../model/intGraph.ts';
import { type Grinding, ProgramBuilder } from './builder.ts';
import { INTEGER_BOUND } from './check.ts';
import { addGraph } from './compile.ts';
import { commitmentOf, commitTensor } from './gadgets/commitment.ts';
import { DIGEST } from './gadgets/sponge.ts';
import { type Axis, bitsOf, entriesMatrix, formOf, paddedIndices, sum } from './linear.ts';
import { addPolicy, type ModelPolicy, type Policy } from './policy.ts';
import type { Program, Term, Witness } from './types.ts';
import type { Work } from './work.ts';

/**
 * Runs the statement's network in exact integers: its outputs, or the errors of the plain evaluator. `visit` sees every tensor as it
 * is made, in an array that later steps may overwrite.
 */
export type Evaluate = (
  inputs: readonly Int32Array[],
  visit: (tensor: number, values: Int32Array) => void,
) => Result<readonly Int32Array[]>;

/** A compiled statement: the program, and the way from private inputs to its witness. */
export interface ModelStatement {
  readonly program: Program;
  /**
   * Evaluates the network (by `evaluate`, the plain evaluator unless given) and fills the witness; the public values are the outputs,
   * row-major, output after output (none with a policy), then the commitment. `blinding`: eight uniform field elements, drawn for
   * this commitment alone (required with `commitInput`). Errors: those of the integer evaluator (model/input, model/out-of-range),
   * prove/unsatisfied where the policy is not met.
   */
  witness(inputs: readonly Int32Array[], blinding?: readonly number[], evaluate?: Evaluate): Result<Witness>;
}

export interface ModelOptions {
  readonly grinding?: Grinding;
  /** Also publish a hiding commitment to the first input: eight more public values behind the outputs. */
  readonly commitInput?: boolean;
  /** What becomes public of the only output instead of the output itself. */
  readonly policy?: ModelPolicy | undefined;
  /** Counts the steps that making the program takes; unlimited by default. */
  readonly work?: Work;
}

/** Tag of the input commitment's sponge. */
export const INPUT_TAG = 0x74616331;

/** Minus public value `first + i` on the i-th true cell of a tensor with these axes. */
function minusPublics(axes: readonly Axis[], first: number, publicBits: number): readonly Term[] {
  const entries = Array.from(paddedIndices(axes), (cell, i) => [cell, 1 + first + i, -1] as const);
  return [{ source: 'public', scale: 1, factors: [{ outShift: 0, inShift: 0, matrix: entriesMatrix(bitsOf(axes), publicBits, entries) }] }];
}

/** `output = model(input)`: private input, public output or a policy on it, and a commitment to the input if wanted. */
export function modelStatement(
  name: string,
  graph: IntGraph,
  { grinding, commitInput = false, policy, work }: ModelOptions = {},
): ModelStatement {
  const sizes = graph.outputs.map((id) => tensorSize(graph.tensors[id].shape));
  const names = (policy === undefined ? sizes : []).flatMap((size, o) => Array.from({ length: size }, (_, i) => `output ${o} ${i}`));
  const digest = commitInput ? Array.from({ length: DIGEST }, (_, i) => `input commitment ${i}`) : [];
  const b = new ProgramBuilder(name, [...names, ...digest], grinding, work);
  const compiled = addGraph(b, graph);
  let first = 0;
  const policies: Policy[] = [];
  graph.outputs.forEach((id, o) => {
    const output = compiled.tensors[id];
    invariant(output !== undefined, 'modelStatement: an output that no node makes');
    const range = b.rangeOf(formOf(output));
    // A public value is read as the integer of least magnitude, so no output may be larger than the field tells apart.
    invariant(
      range !== undefined && range.min > -INTEGER_BOUND && range.max < INTEGER_BOUND,
      'modelStatement: an output could wrap around',
    );
    if (policy !== undefined) {
      policies.push(addPolicy(b, graph, output, range, policy));
      return;
    }
    b.zero(formOf(sum(output, { axes: output.axes, terms: minusPublics(output.axes, first, b.publicBits) })));
    first += sizes[o];
  });
  const [source] = graph.inputs;
  const [block] = compiled.inputs;
  const { range } = graph.tensors[source];
  const commitment = commitInput ? commitTensor(b, 'input commitment', block, range, INPUT_TAG, first) : undefined;
  const program = b.finish();
  const plain: Evaluate = (inputs, visit) => evaluateIntegers(graph, inputs, { visit });
  const witness = (inputs: readonly Int32Array[], blinding: readonly number[] = [], evaluate = plain): Result<Witness> => {
    const collected = compiled.collect();
    const run = evaluate(inputs, collected.visit);
    if (!run.ok) {
      for (const { cells } of collected.filled) cells.fill(0);
      for (const cells of collected.inputs.values()) cells.fill(0);
      return run;
    }
    const blocks: Uint32Array[] = program.blocks.map(() => new Uint32Array(0));
    for (const { block, cells } of collected.filled) blocks[block] = cells;
    const publics = policy === undefined ? run.value.flatMap((output) => Array.from(output, fromSigned)) : [];
    for (const each of policies) {
      const filled = each.fill(run.value[0]);
      if (!filled.ok) {
        for (const cells of [...blocks, ...collected.inputs.values()]) cells.fill(0);
        return filled;
      }
      for (const { block: target, cells } of filled.value) blocks[target] = cells;
    }
    if (commitment !== undefined) {
      invariant(blinding.length === DIGEST && blinding.every(isCanonical), 'modelStatement: a commitment needs eight blinding elements');
      for (const { block: target, cells } of commitment.fill(blinding, inputs[0])) blocks[target] = cells;
      publics.push(...commitmentOf(INPUT_TAG, blinding, inputs[0], range));
    }
    return publics.length === program.publics.length ? ok({ blocks, publics, inputs: collected.inputs }) : err('internal/error');
  };
  return { program, witness };
}
