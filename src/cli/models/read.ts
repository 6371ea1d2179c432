import { open, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, posix } from 'node:path';
import { concatBytes, err, ok, type Result } from '../../base/index.ts';
import {
  type Graph,
  type ImportOptions,
  importOnnx,
  importTfjs,
  importTflite,
  type Tensor,
  type TensorType,
  tfjsShards,
} from '../../model/index.ts';
import type { InputType } from './samples.ts';

const MAX_FILE = 512 * 2 ** 20;

/** A whole file as bytes. Errors: cli/file, input/too-large. */
export async function readBytes(file: string, limit = MAX_FILE): Promise<Result<Uint8Array>> {
  try {
    const { size } = await stat(file);
    if (size > limit) return err('input/too-large', { limit: `${limit} bytes` });
    const handle = await open(file, 'r');
    try {
      return ok(new Uint8Array(await handle.readFile()));
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason';
    return err('cli/file', { file, what: code === 'ENOENT' ? 'there is no such file' : code });
  }
}

/** A model by its file: .onnx, .tflite, or the .json of a TF.js model whose weights lie beside it. */
export async function readModel(file: string, options: ImportOptions = {}): Promise<Result<Graph>> {
  const bytes = await readBytes(file);
  if (!bytes.ok) return bytes;
  const kind = extname(file).toLowerCase();
  if (kind === '.tflite') return importTflite(bytes.value, options);
  if (kind === '.onnx') return importOnnx(bytes.value, options);
  if (kind !== '.json')
    return err('model/malformed', {
      what: `${basename(file)} is of a kind that is not known here; .onnx, .tflite and the model.json of TF.js are read`,
    });
  const shards = tfjsShards(bytes.value);
  if (!shards.ok) return shards;
  const parts: Uint8Array[] = [];
  for (const named of shards.value) {
    // TF.js itself writes ./ before the name. Out of the model's folder nothing is read.
    const shard = posix.normalize(named.replaceAll('\\', '/'));
    if (shard.startsWith('../') || shard === '..' || posix.isAbsolute(shard) || /^[a-z]+:/i.test(shard))
      return err('model/malformed', { what: `the weights file ${named} is not in the model’s folder` });
    const part = await readBytes(join(dirname(file), ...shard.split('/')));
    if (!part.ok) return part;
    parts.push(part.value);
  }
  return importTfjs(bytes.value, concatBytes(...parts), options);
}

/** The graph's inputs with their types. */
export const inputsOf = (graph: Graph): InputType[] => graph.inputs.map((name) => ({ name, ...(graph.types.get(name) as TensorType) }));

/** The graph's only input. */
export function onlyInput(graph: Graph): Result<{ name: string; shape: readonly number[] }> {
  const [name] = graph.inputs;
  const shape = name === undefined ? undefined : graph.types.get(name)?.shape;
  return graph.inputs.length === 1 && name !== undefined && shape !== undefined
    ? ok({ name, shape })
    : err('model/input', { what: `the model has ${graph.inputs.length} inputs; one is supported here` });
}

export const floatTensor = (shape: readonly number[], data: Float64Array): Tensor => ({
  dtype: 'float32',
  shape,
  data: data.map(Math.fround),
});
