import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CROP, type FaceNetworks, MARGIN, readFaceNetworks } from '../../../circuits/face/index.ts';
import { err, ok, type Result } from '../../base/index.ts';
import { parseFaceParameters } from '../../protocol/index.ts';

/** The networks of this checkout. */
const SHIPPED = fileURLToPath(new URL('../../../circuits/face', import.meta.url));

async function bytesOf(folder: string, name: string): Promise<Result<Uint8Array>> {
  try {
    return ok(new Uint8Array(await readFile(join(folder, name))));
  } catch {
    return err('bundle/missing', { file: join(folder, name) });
  }
}

/** The compiled networks of a folder (of this checkout, if none is named), each by its hash. Errors: bundle/missing, bundle/malformed, bundle/hash-mismatch. */
export async function faceNetworks(folder = SHIPPED): Promise<Result<FaceNetworks>> {
  const text = await bytesOf(folder, 'parameters.json');
  if (!text.ok) return text;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(text.value).toString('utf8'));
  } catch {
    return err('bundle/malformed', { what: 'parameters.json' });
  }
  const parameters = parseFaceParameters(json);
  if (!parameters.ok) return parameters;
  if (parameters.value.crop !== CROP || parameters.value.margin !== MARGIN)
    return err('bundle/malformed', { what: 'crop, margin: not those of the frame' });
  const embedding = await bytesOf(folder, 'embedding.bin');
  if (!embedding.ok) return embedding;
  const antispoof = await bytesOf(folder, 'antispoof.bin');
  return antispoof.ok ? readFaceNetworks(parameters.value, { embedding: embedding.value, antispoof: antispoof.value }) : antispoof;
}
