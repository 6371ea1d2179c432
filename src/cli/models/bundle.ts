import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result, sha256Hex } from '../../base/index.ts';
import { decodeIntGraph, encodeIntGraph, exportOnnx, type Graph, type IntGraph, type Quantized } from '../../model/index.ts';
import { parseJson } from '../files.ts';
import { readBytes } from './read.ts';
import type { Pixels } from './samples.ts';

/** What a compiled model's folder holds: the network (its hash is the model's), a float preview, the report. */
export interface ModelManifest {
  readonly format: 'tacit-model';
  readonly v: 1;
  /** SHA-256 of network.bin. */
  readonly model: string;
  readonly files: Readonly<Record<string, string>>;
  /** Layer names by node, for messages; not part of the model's meaning. */
  readonly layers: readonly string[];
  /** Names of the inputs, in order. */
  readonly inputs: readonly string[];
  /** Of each input, the number whose multiples it takes; null where it takes any. */
  readonly steps: readonly (number | null)[];
  /** What pixels of a picture become, where the model was compiled for pictures: running and proving do the same. */
  readonly pixels?: Pixels;
}

/** What running and proving need of a manifest. */
export type ModelLabels = Pick<ModelManifest, 'model' | 'layers' | 'inputs' | 'steps' | 'pixels'>;

export async function writeBundle(
  folder: string,
  graph: Graph,
  { network, report }: Quantized,
  pixels: Pixels | undefined,
): Promise<Result<ModelManifest>> {
  const files: Record<string, Uint8Array> = {
    'network.bin': encodeIntGraph(network),
    'preview.onnx': exportOnnx(graph),
    'report.json': Buffer.from(`${JSON.stringify(report, null, 2)}\n`),
  };
  const hashes = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256Hex(bytes)]));
  const manifest: ModelManifest = {
    format: 'tacit-model',
    v: 1,
    model: hashes['network.bin'] as string,
    files: hashes,
    layers: network.nodes.map((node) => node.name),
    inputs: graph.inputs,
    steps: report.inputs.map(({ step }) => step),
    ...(pixels === undefined ? {} : { pixels }),
  };
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
    await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  } catch (thrown) {
    return err('cli/file', { file: folder, what: thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason' });
  }
  return ok(manifest);
}

/**
 * A compiled model, its network checked against the manifest's hash. A folder with a network.bin alone is a model too: its hash
 * is the network's own, and its layers have no names. Errors: cli/file, bundle/malformed, bundle/hash-mismatch, those of decodeIntGraph.
 */
export async function readBundle(folder: string): Promise<Result<{ manifest: ModelLabels; network: IntGraph }>> {
  const bytes = await readBytes(join(folder, 'network.bin'));
  if (!bytes.ok) return bytes;
  const hash = sha256Hex(bytes.value);
  const manifest = existsSync(join(folder, 'manifest.json'))
    ? await readManifest(folder)
    : ok<ModelLabels>({ model: hash, layers: [], inputs: [], steps: [] });
  if (!manifest.ok) return manifest;
  if (hash !== manifest.value.model) return err('bundle/hash-mismatch', { file: 'network.bin' });
  const network = decodeIntGraph(bytes.value);
  if (!network.ok) return network;
  const nodes = network.value.nodes.map((node, index) => ({ ...node, name: String(manifest.value.layers[index] ?? node.name) }));
  const names = new Map(network.value.inputs.map((id, i) => [id, manifest.value.inputs[i]] as const));
  const tensors = network.value.tensors.map((tensor, id) => ({ ...tensor, name: names.get(id) ?? tensor.name }));
  return ok({ manifest: manifest.value, network: { ...network.value, nodes, tensors } });
}

const isPixels = (value: unknown): value is Pixels => {
  const lists = [(value as Partial<Pixels> | null)?.mean, (value as Partial<Pixels> | null)?.std];
  return lists.every((list) => Array.isArray(list) && (list.length === 1 || list.length === 3) && list.every(Number.isFinite));
};

async function readManifest(folder: string): Promise<Result<ModelLabels>> {
  const text = await readBytes(join(folder, 'manifest.json'), 2 ** 20);
  if (!text.ok) return text;
  const json = parseJson(Buffer.from(text.value).toString('utf8'));
  if (!json.ok) return err('bundle/malformed', { what: 'its manifest is not JSON' });
  const manifest = json.value as Partial<ModelManifest> | null;
  if (manifest?.format !== 'tacit-model' || manifest.v !== 1 || typeof manifest.model !== 'string' || !Array.isArray(manifest.layers))
    return err('bundle/malformed', { what: 'its manifest' });
  const { model, layers, inputs = [], steps = [], pixels } = manifest;
  const numbers = Array.isArray(steps) && steps.every((step) => step === null || (typeof step === 'number' && step > 0));
  if (
    !numbers ||
    !Array.isArray(inputs) ||
    !inputs.every((name) => typeof name === 'string') ||
    (pixels !== undefined && !isPixels(pixels))
  )
    return err('bundle/malformed', { what: 'its manifest' });
  return ok({ model, layers, inputs, steps, ...(pixels === undefined ? {} : { pixels }) });
}
