// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FaceNetworks, readFaceNetworks } from '../../../circuits/face/index.ts';
import { err, ok, type Result } from '../../../src/base/index.ts';
import { parseFaceParameters } from '../../../src/protocol/index.ts';
import { readJson } from '../json.ts';

/** Reads the folder of compiled networks, each by its hash. Errors: bundle/missing, bundle/malformed, bundle/hash-mismatch. */
export async function readFaces(folder: string): Promise<Result<{ readonly networks: FaceNetworks; readonly margin: number }>> {
  const file = async (name: string): Promise<Result<Uint8Array>> => {
    try {
      return ok(new Uint8Array(await readFile(join(folder, name))));
    } catch {
      return err('bundle/missing', { file: name });
    }
  };
  const [text, embedding, antispoof] = [await file('parameters.json'), await file('embedding.bin'), await file('antispoof.bin')];
  if (!text.ok) return text;
  if (!embedding.ok) return embedding;
  if (!antispoof.ok) return antispoof;
  const json = readJson(text.value);
  const parameters = json.ok ? parseFaceParameters(json.value) : json;
  if (!parameters.ok) return parameters;
  const networks = readFaceNetworks(parameters.value, { embedding: embedding.value, antispoof: antispoof.value });
  return networks.ok ? ok({ networks: networks.value, margin: parameters.value.margin }) : networks;
}
