import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { err, ok, type Result } from '../../src/base/index.ts';
import { exportOnnx, importTflite } from '../../src/model/index.ts';
import { obtainModel } from './models.ts';

/** A file the app loads when a face is taken, under a name that carries its content's hash. */
export interface Delivered {
  readonly name: string;
  /** Below /assets/. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

function delivered(name: string, extension: string, bytes: Uint8Array): Delivered {
  const digest = createHash('sha256').update(bytes);
  return {
    name,
    file: `face-${name.toLowerCase()}-${digest.copy().digest('base64url').slice(0, 8)}.${extension}`,
    sha256: digest.digest('hex'),
    bytes,
  };
}

/** The compiled networks that are proven, as circuits/face keeps them, and their parameters as text. Error: bundle/missing. */
export async function faceNetworkFiles(): Promise<Result<{ readonly parameters: string; readonly files: readonly Delivered[] }>> {
  const folder = new URL('../face/', import.meta.url);
  try {
    const parameters = await readFile(new URL('parameters.json', folder), 'utf8');
    const [embedding, antispoof] = [await readFile(new URL('embedding.bin', folder)), await readFile(new URL('antispoof.bin', folder))];
    return ok({ parameters, files: [delivered('embedding', 'bin', embedding), delivered('antispoof', 'bin', antispoof)] });
  } catch {
    return err('bundle/missing', { file: 'circuits/face' });
  }
}

/**
 * The networks of the camera's side, as the app takes them: detector and mesh in TF.js form as they were published, the embedding
 * network as ONNX. Fetched where they are not cached. Errors: bundle/*, model/*.
 */
export async function faceFiles(): Promise<Result<readonly Delivered[]>> {
  const files: Delivered[] = [];
  for (const [id, name] of [
    ['blazeface-front', 'detector'],
    ['facemesh', 'mesh'],
  ] as const) {
    const paths = await obtainModel(id);
    if (!paths.ok) return paths;
    const [graph = '', weights = ''] = paths.value;
    files.push(delivered(`${name}Graph`, 'json', await readFile(graph)), delivered(`${name}Weights`, 'bin', await readFile(weights)));
  }
  const paths = await obtainModel('mobilefacenet-192');
  if (!paths.ok) return paths;
  const graph = importTflite(await readFile(paths.value[0] ?? ''), { batch: 1 });
  if (!graph.ok) return graph;
  files.push(delivered('embedder', 'onnx', exportOnnx(graph.value)));
  return files.length === 5 ? ok(files) : err('bundle/malformed', { what: 'the face models' });
}
