import { type IntegerModel, parseIntegerModel } from '../../../circuits/credit-score/index.ts';
import { ok, type Result } from '../../base/index.ts';
import type { Client } from '../../client/index.ts';
import { type AnyManifest, type CredentialSchema, parseCredentialSchema } from '../../protocol/index.ts';

export interface Published {
  readonly manifest: AnyManifest;
  readonly model: IntegerModel;
  readonly schema: CredentialSchema;
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // the reader that follows says bundle/malformed
  }
}

/** The published model and schema of a bundle (some tens of kilobytes, checked by hash), for putting numbers into words. */
export async function loadPublished(client: Client, manifest: AnyManifest): Promise<Result<Published>> {
  const present = await client.bundles.ensure(manifest, ['model', 'schema']);
  if (!present.ok) return present;
  const [modelBytes, schemaBytes] = [await client.bundles.read(manifest, 'model'), await client.bundles.read(manifest, 'schema')];
  if (!modelBytes.ok) return modelBytes;
  if (!schemaBytes.ok) return schemaBytes;
  const schema = parseCredentialSchema(json(schemaBytes.value));
  if (!schema.ok) return schema;
  const model = parseIntegerModel(json(modelBytes.value), schema.value);
  return model.ok ? ok({ manifest, model: model.value, schema: schema.value }) : model;
}

export async function loadCurrent(client: Client): Promise<Result<Published>> {
  const manifest = await client.bundles.current();
  return manifest.ok ? loadPublished(client, manifest.value) : manifest;
}

/** Score units → the chance of repaying as the model rates it: the logistic function of score / 2^logitScale. */
export const chance = (model: Pick<IntegerModel, 'logitScale'>, score: number): number =>
  1 / (1 + Math.exp(-score / 2 ** model.logitScale));
