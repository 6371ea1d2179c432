import {
  type FaceEnrol,
  type FaceMatch,
  type FaceNetworks,
  type Forward,
  type PreparedFace,
  readFaceNetworks,
} from '../../circuits/face/index.ts';
import { err, ok, type Result } from '../../src/base/index.ts';
import type { FaceAbout } from '../../src/client/transparent/types.ts';
import { type FaceProof, parseFaceProof } from '../../src/protocol/index.ts';
import { verifyFaceProof } from '../../src/verify/transparent/index.ts';
import { IntegerNetwork } from '../kernel/integer/index.ts';
import { integerKernels } from './integerKernels.ts';

// What both statements about a face do alike: networks out of their files, the forward pass on kernels, the frame, the last check.

export interface ReadyFace<S> extends PreparedFace<S> {
  readonly forward: Forward;
}

/** The same for what gives the same program. */
export const faceKey = ({ parameters }: FaceAbout): string => JSON.stringify(parameters);

/** Errors: bundle/*, model/*, device/*. */
export async function readyFace<S extends FaceEnrol | FaceMatch>(
  { parameters, embedding, antispoof }: FaceAbout,
  prepare: (networks: FaceNetworks, margin: number) => Result<PreparedFace<S>>,
): Promise<Result<ReadyFace<S>>> {
  const networks = readFaceNetworks(parameters, { embedding, antispoof });
  if (!networks.ok) return networks;
  const prepared = prepare(networks.value, parameters.margin);
  if (!prepared.ok) return prepared;
  const kernels = await integerKernels();
  if (!kernels.ok) return kernels;
  const network = await IntegerNetwork.create(kernels.value, prepared.value.statement.graph);
  return network.ok ? ok({ ...prepared.value, forward: (inputs, visit) => network.value.run(inputs, visit) }) : network;
}

/** [side][side][3] as pixels are kept, to [3][side][side] as networks take them; the first is overwritten. */
export function planesOf(frame: Uint8Array): Int32Array {
  const area = frame.length / 3;
  const planes = Int32Array.from({ length: frame.length }, (_, i) => frame[3 * (i % area) + Math.floor(i / area)] as number);
  frame.fill(0);
  return planes;
}

/** What a verifier would say of the file as it is given out. */
export function checkMade({ plan, model }: PreparedFace<unknown>, made: FaceProof): Result<unknown> {
  const file = parseFaceProof(JSON.parse(JSON.stringify(made)));
  return file.ok ? verifyFaceProof({ plan, model, file: file.value }) : err('proof/self-check');
}

/** Overwrites lists of numbers that came over from the page. */
export function forget(...lists: readonly (readonly number[])[]): void {
  for (const list of lists) (list as number[]).fill(0);
}
