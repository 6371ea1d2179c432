import { open, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { concatBytes, err, ok, type Result } from '../../base/index.ts';
import { type Graph, type ImportOptions, importOnnx, importTfjs, importTflite, type Tensor, tfjsShards } from '../../model/index.ts';

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
export async function readModel(file: string, options: ImportOptions = { batch: 1 }): Promise<Result<Graph>> {
  const bytes = await readBytes(file);
  if (!bytes.ok) return bytes;
  if (extname(file) === '.tflite') return importTflite(bytes.value, options);
  if (extname(file) !== '.json') return importOnnx(bytes.value, options);
  const shards = tfjsShards(bytes.value);
  if (!shards.ok) return shards;
  const parts: Uint8Array[] = [];
  for (const shard of shards.value) {
    if (shard.includes('/') || shard.includes('\\') || shard.includes('..'))
      return err('model/malformed', { what: `the weights file ${shard} is not beside the model` });
    const part = await readBytes(join(dirname(file), shard));
    if (!part.ok) return part;
    parts.push(part.value);
  }
  return importTfjs(bytes.value, concatBytes(...parts), options);
}

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
