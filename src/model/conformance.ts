// SPDX-License-Identifier: Apache-2.0
import { errorSentence, ok, type Result } from '../base/index.ts';
import { decodeFloat, smallFloat } from './dtype.ts';
import { evaluateFloat } from './evaluate/float.ts';
import type { Graph } from './graph.ts';
import { decodeModel, decodeTensor } from './import/onnx/decode.ts';
import { importOnnx } from './import/onnx/index.ts';
import { onnxOps, parameterInputs } from './import/onnx/table.ts';
import { dtypeOf, readTensor } from './import/onnx/tensorProto.ts';
import { attempt } from './refuse.ts';
import { type DType, sameShape, type Tensor } from './tensor.ts';

/** One backend case of the ONNX project: a model, its inputs and the outputs expected, as the bytes of the files. */
export interface ConformanceCase {
  readonly model: Uint8Array;
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

/** `inList`: the importer has every op of the case. A failure is a wrong answer; unsupported says which node and why. */
export interface ConformanceOutcome {
  readonly status: 'passed' | 'failed' | 'unsupported';
  readonly inList: boolean;
  readonly ops: readonly string[];
  readonly reason: string;
}

/** Imported only where they vanish (shape arithmetic) or are another op (squares and roots); not yet ops of their own. */
const partial: ReadonlySet<string> = new Set(['Gather', 'Pow']);

/** The suite's own tolerance (onnx/backend/test/loader). */
const RELATIVE = 1e-3;
const ABSOLUTE = 1e-7;

/** The suite's older files hold bfloat16 as the 16-bit codes it is stored in, since numpy has no such type. */
function widened(value: Tensor, wanted: DType | undefined): Tensor {
  const kind = wanted === undefined ? undefined : smallFloat(wanted);
  if (wanted !== 'bfloat16' || kind === undefined || value.dtype !== 'uint16') return value;
  return { dtype: wanted, shape: value.shape, data: value.data.map((code) => decodeFloat(kind, code)) };
}

function difference(actual: Tensor, given: Tensor): string | undefined {
  const expected = widened(given, actual.dtype);
  if (!sameShape(actual.shape, expected.shape)) return `shape ${actual.shape.join('x')} instead of ${expected.shape.join('x')}`;
  if (actual.dtype !== expected.dtype) return `type ${actual.dtype} instead of ${expected.dtype}`;
  for (let i = 0; i < expected.data.length; i++) {
    const [a, e] = [actual.data[i] as number, expected.data[i] as number];
    if (Object.is(a, e) || a === e || (Number.isNaN(a) && Number.isNaN(e))) continue;
    if (!(Math.abs(a - e) <= ABSOLUTE + RELATIVE * Math.abs(e))) return `position ${i} is ${a} instead of ${e}`;
  }
  return undefined;
}

/** A case whose model and data were read: the graph, its inputs by name, the outputs expected. */
export interface OpenedCase {
  readonly graph: Graph;
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly outputs: readonly Tensor[];
}

/** Operators of the case (empty where the file is not readable), and the case itself or why it cannot be imported. */
export function openCase(given: ConformanceCase): { readonly ops: readonly string[]; readonly opened: Result<OpenedCase> } {
  const parsed = attempt(() => decodeModel(given.model).graph);
  const proto = parsed.ok ? parsed.value : undefined;
  const nodes = proto?.nodes ?? [];
  const ops = [...new Set(nodes.map((node) => (node.domain ? `${node.domain}.${node.op ?? ''}` : (node.op ?? ''))))].sort();
  const tensors = attempt(() => ({
    inputs: given.inputs.map((bytes) => readTensor(decodeTensor(bytes))),
    outputs: given.outputs.map((bytes) => readTensor(decodeTensor(bytes))),
  }));
  if (!tensors.ok) return { ops, opened: tensors };
  const declared = (proto?.inputs ?? []).filter(({ name }) => !proto?.initializers?.some((tensor) => tensor.name === name));
  const parameters = new Set(
    nodes.flatMap((node) => (parameterInputs.get(node.op ?? '') ?? []).flatMap((index) => node.inputs?.[index] ?? [])),
  );
  const inputs = new Map(
    declared.flatMap(({ name = '', type }, index) => {
      const value = tensors.value.inputs[index];
      return value === undefined ? [] : [[name, widened(value, dtypeOf(type?.tensor?.elemType))] as const];
    }),
  );
  const bind = new Map([...inputs].filter(([name]) => parameters.has(name)));
  const shapes = new Map([...inputs].map(([name, { shape }]) => [name, shape] as const));
  const graph = importOnnx(given.model, { bind, shapes });
  return { ops, opened: graph.ok ? ok({ graph: graph.value, inputs, outputs: tensors.value.outputs }) : graph };
}

/** Runs one case through importer and float reference. */
export function runConformanceCase(given: ConformanceCase): ConformanceOutcome {
  const { ops, opened } = openCase(given);
  const inList = ops.length > 0 && ops.every((op) => onnxOps.has(op) && !partial.has(op));
  const outcome = (status: ConformanceOutcome['status'], reason: string): ConformanceOutcome => ({ status, inList, ops, reason });
  if (!opened.ok) return outcome('unsupported', errorSentence(opened.error));
  const results = evaluateFloat(opened.value.graph, opened.value.inputs);
  if (!results.ok) return outcome('unsupported', errorSentence(results.error));
  for (const [index, expected] of opened.value.outputs.entries()) {
    const actual = results.value[index];
    const wrong = actual === undefined ? 'is missing' : difference(actual, expected);
    if (wrong !== undefined) return outcome('failed', `output ${index}: ${wrong}`);
  }
  return outcome('passed', '');
}
