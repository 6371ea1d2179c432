// SPDX-License-Identifier: Apache-2.0
import { errorSentence } from '../base/index.ts';
import { evaluateFloat } from './evaluate/float.ts';
import { decodeModel, decodeTensor } from './import/onnx/decode.ts';
import { importOnnx } from './import/onnx/index.ts';
import { onnxOps, parameterInputs } from './import/onnx/table.ts';
import { readTensor } from './import/onnx/tensorProto.ts';
import { attempt } from './refuse.ts';
import { sameShape, type Tensor } from './tensor.ts';

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

function difference(actual: Tensor, expected: Tensor): string | undefined {
  if (!sameShape(actual.shape, expected.shape)) return `shape ${actual.shape.join('x')} instead of ${expected.shape.join('x')}`;
  if (actual.dtype !== expected.dtype) return `type ${actual.dtype} instead of ${expected.dtype}`;
  for (let i = 0; i < expected.data.length; i++) {
    const [a, e] = [actual.data[i] as number, expected.data[i] as number];
    if (Object.is(a, e) || a === e || (Number.isNaN(a) && Number.isNaN(e))) continue;
    if (!(Math.abs(a - e) <= ABSOLUTE + RELATIVE * Math.abs(e))) return `position ${i} is ${a} instead of ${e}`;
  }
  return undefined;
}

/** Runs one case through importer and float reference. */
export function runConformanceCase(given: ConformanceCase): ConformanceOutcome {
  const parsed = attempt(() => decodeModel(given.model).graph);
  const graph = parsed.ok ? parsed.value : undefined;
  const nodes = graph?.nodes ?? [];
  const ops = [...new Set(nodes.map((node) => (node.domain ? `${node.domain}.${node.op ?? ''}` : (node.op ?? ''))))].sort();
  const inList = graph !== undefined && ops.every((op) => onnxOps.has(op) && !partial.has(op));
  const outcome = (status: ConformanceOutcome['status'], reason: string): ConformanceOutcome => ({ status, inList, ops, reason });
  const tensors = attempt(() => ({
    inputs: given.inputs.map((bytes) => readTensor(decodeTensor(bytes))),
    outputs: given.outputs.map((bytes) => readTensor(decodeTensor(bytes))),
  }));
  if (!tensors.ok) return outcome('unsupported', errorSentence(tensors.error));
  const names = (graph?.inputs ?? [])
    .map((input) => input.name ?? '')
    .filter((name) => !graph?.initializers?.some((tensor) => tensor.name === name));
  const parameters = new Set(
    nodes.flatMap((node) => (parameterInputs[node.op ?? ''] ?? []).flatMap((index) => node.inputs?.[index] ?? [])),
  );
  const values = new Map(
    names.flatMap((name, index) =>
      tensors.value.inputs[index] === undefined ? [] : [[name, tensors.value.inputs[index] as Tensor] as const],
    ),
  );
  const bind = new Map([...values].filter(([name]) => parameters.has(name)));
  const shapes = new Map([...values].map(([name, { shape }]) => [name, shape] as const));
  const model = importOnnx(given.model, { bind, shapes });
  if (!model.ok) return outcome('unsupported', errorSentence(model.error));
  const results = evaluateFloat(model.value, values);
  if (!results.ok) return outcome('unsupported', errorSentence(results.error));
  for (const [index, expected] of tensors.value.outputs.entries()) {
    const actual = results.value[index];
    const wrong = actual === undefined ? 'is missing' : difference(actual, expected);
    if (wrong !== undefined) return outcome('failed', `output ${index}: ${wrong}`);
  }
  return outcome('passed', '');
}
