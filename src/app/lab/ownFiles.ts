import { bytesToHex, err, ok, type Result } from '../../base/index.ts';
import { MAX_NETWORK_BYTES } from '../screens/checkModelProof.ts';

const MAX_MANIFEST_BYTES = 2 ** 20;
const MAX_INPUT_BYTES = 16 * 2 ** 20;

/** A compiled network as `tacit compile` wrote it. */
export interface OwnModel {
  readonly name: string;
  readonly network: Uint8Array<ArrayBuffer>;
  /** SHA-256 of it: the model's name. */
  readonly model: string;
}

/** What is read of a File, so that tests need no browser. */
export type Given = Pick<File, 'name' | 'size' | 'arrayBuffer' | 'text'>;

/**
 * The network among the files of a compiled bundle; with its manifest beside it, the hash in there has to be the network's. Errors:
 * model/integers-malformed (no network.bin), input/too-large, bundle/malformed, bundle/hash-mismatch.
 */
export async function readOwnModel(files: readonly Given[]): Promise<Result<OwnModel>> {
  const binaries = files.filter(({ name }) => name.endsWith('.bin'));
  const binary = binaries.find(({ name }) => name === 'network.bin') ?? (binaries.length === 1 ? binaries[0] : undefined);
  if (binary === undefined) return err('model/integers-malformed', { what: 'no network.bin was chosen' });
  if (binary.size > MAX_NETWORK_BYTES) return err('input/too-large', { limit: '64 MB' });
  const network = new Uint8Array(await binary.arrayBuffer());
  const model = bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', network)));
  const manifest = files.find(({ name }) => name === 'manifest.json');
  if (manifest !== undefined) {
    const stated = await statedModel(manifest);
    if (!stated.ok) return stated;
    if (stated.value !== model) return err('bundle/hash-mismatch', { file: binary.name });
  }
  return ok({ name: binary.name, network, model });
}

async function statedModel(file: Given): Promise<Result<string>> {
  if (file.size > MAX_MANIFEST_BYTES) return err('input/too-large', { limit: '1 MB' });
  const manifest = parsed(await file.text()) as { format?: unknown; v?: unknown; model?: unknown } | null | undefined;
  return manifest?.format === 'tacit-model' && manifest.v === 1 && typeof manifest.model === 'string'
    ? ok(manifest.model)
    : err('bundle/malformed', { what: 'its manifest' });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Numbers nested to any depth, in order, onto `into`; false at anything else, and at one number too many. */
function flatten(value: unknown, into: number[], most: number): boolean {
  if (typeof value === 'number') return into.push(value) <= most;
  return Array.isArray(value) && value.every((item) => flatten(item, into, most));
}

/**
 * An input of `size` numbers, row by row: .json (numbers, nested or not), anything else as little-endian float32. Errors:
 * input/too-large, model/input.
 */
export async function readOwnInput(file: Given, size: number): Promise<Result<Float64Array<ArrayBuffer>>> {
  if (file.size > MAX_INPUT_BYTES) return err('input/too-large', { limit: '16 MB' });
  const wrong = (count: number | string): Result<never> => err('model/input', { what: `${count} numbers; it takes ${size}` });
  if (!file.name.toLowerCase().endsWith('.json')) {
    if (file.size !== 4 * size) return wrong(file.size / 4);
    const view = new DataView(await file.arrayBuffer());
    return finite(Float64Array.from({ length: size }, (_, i) => view.getFloat32(4 * i, true)));
  }
  const numbers: number[] = [];
  if (!flatten(parsed(await file.text()), numbers, size))
    return numbers.length > size ? wrong(`more than ${size}`) : err('model/input', { what: 'not a list of numbers' });
  return numbers.length === size ? finite(Float64Array.from(numbers)) : wrong(numbers.length);
}

const finite = (values: Float64Array<ArrayBuffer>): Result<Float64Array<ArrayBuffer>> =>
  values.every(Number.isFinite) ? ok(values.map(Math.fround)) : err('model/input', { what: 'a value that is not a number' });
