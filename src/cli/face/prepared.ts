import { type FaceEnrol, type FaceMatch, type FaceNetworks, faceEnrol, faceMatch } from '../../../circuits/face/index.ts';
import { err, type Hash32, InvariantError, ok, type Result } from '../../base/index.ts';
import type { FaceProof } from '../../protocol/index.ts';
import { type Plan, planProgram } from '../../protocol/transparent/index.ts';
import { type Verified, verifyFaceProof } from '../../verify/transparent/index.ts';
import { faceNetworks } from './networks.ts';

export interface Prepared<S> {
  readonly statement: S;
  readonly plan: Plan;
  readonly model: Hash32;
}

async function prepare<S extends FaceEnrol | FaceMatch>(
  folder: string | undefined,
  make: (networks: FaceNetworks) => S,
): Promise<Result<Prepared<S>>> {
  const networks = await faceNetworks(folder);
  if (!networks.ok) return networks;
  try {
    const statement = make(networks.value);
    return ok({ statement, plan: planProgram(statement.program), model: statement.model });
  } catch (thrown) {
    // The files are ours, by their hashes; all the same they are files.
    if (thrown instanceof InvariantError) return err('model/unprovable', { what: thrown.message });
    throw thrown;
  }
}

/** `folder`: the networks, of this checkout if undefined. */
export const prepareEnrol = (folder?: string): Promise<Result<Prepared<FaceEnrol>>> => prepare(folder, (networks) => faceEnrol(networks));
export const prepareMatch = (folder?: string): Promise<Result<Prepared<FaceMatch>>> => prepare(folder, (networks) => faceMatch(networks));

/** Checks a parsed proof file against this checkout's networks. Errors: bundle/*, proof/*. */
export async function checkFaceProof(file: FaceProof, folder?: string): Promise<Result<Verified>> {
  const prepared = file.statement === 'face-enrol' ? await prepareEnrol(folder) : await prepareMatch(folder);
  return prepared.ok ? verifyFaceProof({ plan: prepared.value.plan, model: prepared.value.model, file }) : prepared;
}
