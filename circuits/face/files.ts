// SPDX-License-Identifier: Apache-2.0
import { err, type Hash32, InvariantError, ok, type Result, sha256Hex } from '../../src/base/index.ts';
import { decodeIntGraph, type IntGraph } from '../../src/model/integer.ts';
import type { FaceParameters } from '../../src/protocol/index.ts';
import { type Plan, planProgram } from '../../src/protocol/transparent/index.ts';
import { type FaceEnrol, faceEnrol } from './enrol.ts';
import { type FaceMatch, faceMatch } from './match.ts';
import type { FaceNetworks } from './networks.ts';

export interface FaceFiles {
  readonly embedding: Uint8Array;
  readonly antispoof: Uint8Array;
}

/** The networks out of their files, each by its hash. Errors: bundle/hash-mismatch, and those of decodeIntGraph. */
export function readFaceNetworks(parameters: FaceParameters, files: FaceFiles): Result<FaceNetworks> {
  const read = (name: keyof FaceFiles): Result<IntGraph> =>
    sha256Hex(files[name]) === parameters[name] ? decodeIntGraph(files[name]) : err('bundle/hash-mismatch', { file: `${name}.bin` });
  const embedding = read('embedding');
  if (!embedding.ok) return embedding;
  const antispoof = read('antispoof');
  if (!antispoof.ok) return antispoof;
  const { embeddingShift, scoreShift, leastScore } = parameters;
  return ok({ embedding: embedding.value, antispoof: antispoof.value, embeddingShift, scoreShift, leastScore });
}

/** A statement whose program is laid out: what proves it, and what checks it. */
export interface PreparedFace<S> {
  readonly statement: S;
  readonly plan: Plan;
  /** SHA-256 of the network over the frame. */
  readonly model: Hash32;
}

/** Errors: model/unprovable (the files are named by their hashes; all the same they are files). */
function prepared<S extends FaceEnrol | FaceMatch>(make: () => S): Result<PreparedFace<S>> {
  try {
    const statement = make();
    return ok({ statement, plan: planProgram(statement.program), model: statement.model });
  } catch (thrown) {
    if (thrown instanceof InvariantError) return err('model/unprovable', { what: thrown.message });
    throw thrown;
  }
}

export const prepareFaceEnrol = (networks: FaceNetworks, margin?: number): Result<PreparedFace<FaceEnrol>> =>
  prepared(() => faceEnrol(networks, margin === undefined ? {} : { margin }));
export const prepareFaceMatch = (networks: FaceNetworks, margin?: number): Result<PreparedFace<FaceMatch>> =>
  prepared(() => faceMatch(networks, margin === undefined ? {} : { margin }));
