import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { FaceNetworks } from '../../../circuits/face/index.ts';
import { err, ok, type Result, sha256Hex } from '../../base/index.ts';
import { decodeIntGraph, type IntGraph } from '../../model/index.ts';
import { hexBytes, parseShape } from '../../protocol/index.ts';

/** The networks of this checkout. */
const SHIPPED = fileURLToPath(new URL('../../../circuits/face', import.meta.url));

const parametersSchema = z.strictObject({
  format: z.literal('tacit-face-networks'),
  v: z.literal(1),
  embedding: hexBytes(32),
  antispoof: hexBytes(32),
  embeddingShift: z.int().min(0).max(24),
  scoreShift: z.int().min(0).max(24),
  leastScore: z.int().min(-511).max(511),
  crop: z.literal(112),
  margin: z.literal(24),
});

async function bytesOf(folder: string, name: string): Promise<Result<Uint8Array>> {
  try {
    return ok(new Uint8Array(await readFile(join(folder, name))));
  } catch {
    return err('bundle/missing', { file: join(folder, name) });
  }
}

async function network(folder: string, name: string, hash: string): Promise<Result<IntGraph>> {
  const bytes = await bytesOf(folder, name);
  if (!bytes.ok) return bytes;
  return sha256Hex(bytes.value) === hash ? decodeIntGraph(bytes.value) : err('bundle/hash-mismatch', { file: name });
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
  const parameters = parseShape(parametersSchema, json, 'bundle/malformed');
  if (!parameters.ok) return parameters;
  const { embeddingShift, scoreShift, leastScore } = parameters.value;
  const embedding = await network(folder, 'embedding.bin', parameters.value.embedding);
  if (!embedding.ok) return embedding;
  const antispoof = await network(folder, 'antispoof.bin', parameters.value.antispoof);
  if (!antispoof.ok) return antispoof;
  return ok({ embedding: embedding.value, antispoof: antispoof.value, embeddingShift, scoreShift, leastScore });
}
