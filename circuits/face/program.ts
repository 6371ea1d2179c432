// SPDX-License-Identifier: Apache-2.0
import { err, invariant, ok, type Result } from '../../src/base/index.ts';
import { isCanonical } from '../../src/field/index.ts';
import { evaluateIntegers, type IntGraph, type TensorId } from '../../src/model/integer.ts';
import {
  addGraph,
  axis,
  type CompiledGraph,
  DIGEST,
  elements,
  type Fill,
  formOfParts,
  type LimbTables,
  limbBlock,
  type Program,
  type ProgramBuilder,
  pack,
  packedPart,
  type SpongeGadget,
  spongeGadget,
  type Tensor,
  type Virtual,
  type Witness,
} from '../../src/program/index.ts';
import { COMMITMENT_TAG, EMBEDDING, EMBEDDING_RANGE, LIMIT } from './constants.ts';

/** Names of eight public values. */
export const eight = (name: string): string[] => Array.from({ length: DIGEST }, (_, i) => `${name} ${i}`);

/** The committed tensor behind an output of the network: a lookup's, so one block and nothing else. */
function blockBehind(virtual: Virtual | undefined, size: number): Tensor {
  const [term, ...more] = virtual?.terms ?? [];
  invariant(
    term !== undefined && more.length === 0 && term.scale === 1 && typeof term.source === 'number',
    'face: an output is no block of its own',
  );
  return { source: term.source, axes: [axis(size)] };
}

export interface Networks {
  readonly compiled: CompiledGraph;
  readonly embedding: Tensor;
  /** Absent where the statement runs no anti-spoof network. */
  readonly score: Tensor | undefined;
}

export function addNetworks(b: ProgramBuilder, graph: IntGraph): Networks {
  const compiled = addGraph(b, graph);
  const [embedding, score] = graph.outputs;
  return {
    compiled,
    embedding: blockBehind(compiled.tensors[embedding ?? -1], EMBEDDING),
    score: score === undefined ? undefined : blockBehind(compiled.tensors[score], 1),
  };
}

/** What every commitment of a template is: a sponge over secret, blinding and the packed template, so 80 elements. */
export const commitmentMessage = (secret: readonly number[], blinding: readonly number[], template: ArrayLike<number>): number[] => [
  ...secret,
  ...blinding,
  ...pack(template, EMBEDDING_RANGE),
];

/** The same in a program. Hiding needs a uniform blinding; binding needs every cell of the template proven in its range. */
export function commitTemplate(b: ProgramBuilder, secret: Tensor, blinding: Tensor, template: Tensor): SpongeGadget {
  const { part, constants, count } = packedPart(template, EMBEDDING_RANGE, 2 * DIGEST);
  return spongeGadget(b, 'commitment', COMMITMENT_TAG, 2 * DIGEST + count, [elements(secret, 0), elements(blinding, DIGEST), part], {
    constants,
  });
}

/** Proves score >= least: the difference is two limbs, so it lies in 0 .. 2^16 - 1, and no difference of scores wraps around. */
export function scoreAtLeast(b: ProgramBuilder, tables: LimbTables, score: Tensor, least: number): { fill(value: number): Fill } {
  invariant(Math.abs(least) <= LIMIT, 'face: no score reaches this');
  const limbs = limbBlock(b, 'score margin', tables, [2]);
  const publics: Tensor = { source: 'public', axes: [{ size: 2 ** b.publicBits, bits: b.publicBits }] };
  b.zero(
    formOfParts(1, [
      { tensor: score, entries: [[0, 0, 1]] },
      { tensor: publics, entries: [[0, 0, -least]] },
      {
        tensor: limbs,
        entries: [
          [0, 0, -1],
          [0, 1, -256],
        ],
      }, // prettier-ignore
    ]),
  );
  return {
    fill: (value) => {
      const margin = Math.max(0, value - least);
      return [{ block: limbs.source as number, cells: Uint32Array.of(margin % 256, Math.floor(margin / 256)) }];
    },
  };
}

export interface Evaluated {
  readonly template: Int32Array;
  /** 0 where the graph has no score. */
  readonly score: number;
  /** Blocks and lookup inputs of the network part. */
  readonly fill: Fill;
  readonly inputs: ReadonlyMap<number, Uint32Array>;
}

/** What runs the graph, showing every tensor on the way: the compiled kernels where there are some, else the readable evaluator. */
export type Forward = (inputs: readonly Int32Array[], visit: (id: TensorId, values: Int32Array) => void) => Result<Int32Array[]>;

/**
 * Runs the graph on a frame: [3][side][side] pixels, 0 to 255, row-major. Errors: those of the integer evaluator (model/input,
 * model/out-of-range).
 */
export function evaluateFrame(graph: IntGraph, compiled: CompiledGraph, frame: Int32Array, forward?: Forward): Result<Evaluated> {
  const values = new Map<number, Int32Array>();
  const visit = (id: TensorId, data: Int32Array): void => void values.set(id, data.slice());
  const run = forward === undefined ? evaluateIntegers(graph, [frame], { visit }) : forward([frame], visit);
  if (!run.ok) {
    for (const data of values.values()) data.fill(0);
    return run;
  }
  const get = (id: number): Int32Array => values.get(id) ?? new Int32Array();
  const [template, score] = run.value;
  invariant(template !== undefined, 'face: a graph gives a template');
  const evaluated = { template: template.slice(), score: score?.[0] ?? 0, fill: compiled.fill(get), inputs: compiled.lookupInputs(get) };
  for (const data of values.values()) data.fill(0);
  return ok(evaluated);
}

/** The witness of a program from its blocks; every block must be there. */
export function assemble(program: Program, parts: readonly Fill[], publics: readonly number[], inputs: Witness['inputs']): Witness {
  const blocks: (Uint32Array | undefined)[] = program.blocks.map(() => undefined);
  for (const { block, cells } of parts.flat()) blocks[block] = cells;
  invariant(
    blocks.every((cells, i) => cells?.length === 2 ** (program.blocks[i]?.bits ?? -1)),
    'face: a block is not filled',
  );
  return { blocks: blocks as Uint32Array[], publics, ...(inputs === undefined ? {} : { inputs }) };
}

/** A secret, a blinding or a scope: eight canonical elements. */
export const isElements = (value: readonly number[]): boolean => value.length === DIGEST && value.every(isCanonical);

export const cells = (tensor: Tensor, values: readonly number[]) => ({ block: tensor.source as number, cells: Uint32Array.from(values) });

/** Template integers as a stranger gives them. Error: input/malformed. */
export function checkTemplate(template: ArrayLike<number>): Result<Int32Array> {
  const values = Array.from(template);
  const fits = values.length === EMBEDDING && values.every((x) => Number.isInteger(x) && Math.abs(x) <= LIMIT);
  return fits ? ok(Int32Array.from(values)) : err('input/malformed', { what: 'the template' });
}
