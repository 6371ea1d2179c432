import { type FaceEnrol, type FaceMatch, type PreparedFace, prepareFaceEnrol, prepareFaceMatch } from '../../../circuits/face/index.ts';
import type { Result } from '../../base/index.ts';
import type { FaceProof } from '../../protocol/index.ts';
import { type Verified, verifyFaceProof } from '../../verify/transparent/index.ts';
import { faceNetworks } from './networks.ts';

export type { PreparedFace as Prepared } from '../../../circuits/face/index.ts';

/** `folder`: the networks, of this checkout if undefined. */
export async function prepareEnrol(folder?: string): Promise<Result<PreparedFace<FaceEnrol>>> {
  const networks = await faceNetworks(folder);
  return networks.ok ? prepareFaceEnrol(networks.value) : networks;
}
export async function prepareMatch(folder?: string): Promise<Result<PreparedFace<FaceMatch>>> {
  const networks = await faceNetworks(folder);
  return networks.ok ? prepareFaceMatch(networks.value) : networks;
}

/** Checks a parsed proof file against this checkout's networks. Errors: bundle/*, proof/*. */
export async function checkFaceProof(file: FaceProof, folder?: string): Promise<Result<Verified>> {
  const prepared = file.statement === 'face-enrol' ? await prepareEnrol(folder) : await prepareMatch(folder);
  return prepared.ok ? verifyFaceProof({ plan: prepared.value.plan, model: prepared.value.model, file }) : prepared;
}
