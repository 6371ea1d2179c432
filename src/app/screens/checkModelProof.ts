import { DIGIT_NET } from '../../../circuits/digit-net/index.ts';
import { bytesToHex, err, ok, type Result } from '../../base/index.ts';
import type { CheckedModelProof, Client } from '../../client/index.ts';
import { claimsModelProof, parseModelProof } from '../../protocol/index.ts';

/** A network larger than this is not read here. */
export const MAX_NETWORK_BYTES = 64 * 2 ** 20;

export interface ModelCheck extends CheckedModelProof {
  /** Bytes of the file. */
  readonly bytes: number;
  /** Name of the person's own file, or undefined for the digit net. */
  readonly network: string | undefined;
}

/** The proof speaks of a network that the person has to bring. */
export interface NeedsNetwork {
  readonly needs: string;
  readonly text: string;
}

/** Whether a file's text is a model's proof, whatever its version or worth. */
export function isModelProof(text: string): boolean {
  try {
    return claimsModelProof(JSON.parse(text));
  } catch {
    return false;
  }
}

/**
 * Checks a model's proof on this device, against the digit net that is part of the app or the network that the person brings.
 * Errors: proof/*, bundle/* (a network of another hash: bundle/hash-mismatch), input/too-large, worker/died, device/memory.
 */
export async function checkModelProof(client: Client, text: string, own?: File): Promise<Result<ModelCheck | NeedsNetwork>> {
  const file = parseModelProof(JSON.parse(text));
  if (!file.ok) return file;
  const { model } = file.value;
  const network = own === undefined ? await shipped(client, model) : await brought(own, model);
  if (!network.ok) return network;
  if (network.value === undefined) return ok({ needs: model, text });
  const checked = await client.transparent.verifyModel(network.value, text).result;
  return checked.ok ? ok({ ...checked.value, bytes: new TextEncoder().encode(text).length, network: own?.name }) : checked;
}

async function shipped(client: Client, model: string): Promise<Result<Uint8Array<ArrayBuffer> | undefined>> {
  if (model !== DIGIT_NET) return ok(undefined);
  const files = await client.models.digits();
  return files.ok ? ok(files.value.network) : files;
}

async function brought(own: File, model: string): Promise<Result<Uint8Array<ArrayBuffer>>> {
  if (own.size > MAX_NETWORK_BYTES) return err('input/too-large', { limit: '64 MB' });
  const bytes = new Uint8Array(await own.arrayBuffer());
  const digest = bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
  return digest === model ? ok(bytes) : err('bundle/hash-mismatch', { file: own.name });
}
