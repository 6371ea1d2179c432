// SPDX-License-Identifier: Apache-2.0
//
// testing: the published model and schema as a bundle of the transparent system, a registry, and honest proofs, for the tests of
// verify, the verifier service and the command line.
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { canonicalBytes, sha256Hex, toBase64Url, utf8ToBytes } from '../../../../src/base/index.ts';
import { PlainKernels } from '../../../../src/field/index.ts';
import {
  type CommonArtefact,
  type Credential,
  type HolderSecret,
  type ProofRequest,
  parseCredentialSchema,
  requestDigest,
  type TransparentManifest,
  type TransparentProof,
} from '../../../../src/protocol/index.ts';
import { proveTransparent } from '../../../../src/prove/transparent/index.ts';
import { digestToHex, type RegistryTree, type RootStatement } from '../../../../src/registry/index.ts';
import { prepareTransparentBundle, type TransparentBundle } from '../../../../src/verify/transparent/index.ts';
import { transparentManifest } from '../../ceremony/transparent.ts';
import { demoIssuerKey, type IntegerModel, parseIntegerModel, signRoot } from '../../index.ts';
import { leafOfCredential, transparentWitness } from '../index.ts';

const source = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));
const must = <T>(result: { ok: true; value: T } | { ok: false; error: { code: string } }): T => {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
};

export const twinSchema = must(parseCredentialSchema(source('schema.json')));
export const twinModel: IntegerModel = must(parseIntegerModel(source('model.json'), twinSchema));
export const applicantFeatures = (i: number): Readonly<Record<string, number>> =>
  (source('applicants.json') as { applicants: { features: Record<string, number> }[] }).applicants[i]?.features ?? {};

export interface TwinBundle {
  readonly files: Readonly<Record<CommonArtefact, Uint8Array>>;
  readonly manifest: TransparentManifest;
  readonly prepared: TransparentBundle;
}

/** `model` replaces the published one. */
export function twinFiles(model: unknown = twinModel): Pick<TwinBundle, 'files' | 'manifest'> {
  const files = {
    model: canonicalBytes(model as never),
    schema: canonicalBytes(twinSchema),
    preview: utf8ToBytes('preview'),
    card: canonicalBytes({ policy: { threshold: 0 } }),
  };
  const artefact = (bytes: Uint8Array) => ({ file: `${sha256Hex(bytes)}.json`, sha256: sha256Hex(bytes), bytes: bytes.length });
  const artefacts = {
    model: artefact(files.model),
    schema: artefact(files.schema),
    preview: artefact(files.preview),
    card: artefact(files.card),
  };
  return { files, manifest: transparentManifest(files, artefacts) };
}

let made: TwinBundle | undefined;
/** The published model's bundle, compiled once a process. */
export function twinBundle(): TwinBundle {
  if (made === undefined) {
    const { files, manifest } = twinFiles();
    made = { files, manifest, prepared: must(prepareTransparentBundle(manifest, files)) };
  }
  return made;
}

/** Adds a credential's leaf to a tree, as its issuer does. Returns its position. */
export const register = (tree: RegistryTree, credential: Credential, holder: HolderSecret): number =>
  tree.append(leafOfCredential(twinBundle().prepared.credit, credential, holder));

/** An honest proof; `position` is the leaf's, `size` the size of the tree whose root it stands on. */
export function proveTwin(
  request: ProofRequest,
  credential: Credential,
  holder: HolderSecret,
  tree: RegistryTree,
  position: number,
  size = tree.size,
  /** What a cheating holder puts the proof under instead: the program knows a request by its digest and its public values alone. */
  under = request,
): TransparentProof {
  const { prepared } = twinBundle();
  const { credit, plan, hash } = prepared;
  const { witness, root, nullifier } = must(
    transparentWitness({ request, credential, holder, credit }, tree.path(position, size), tree.root(size)),
  );
  const statement = { model: credit.modelHash, nonce: requestDigest(under), publics: witness.publics };
  const time = request.issuedAt;
  const rootStatement: RootStatement = {
    format: 'tacit-registry-root',
    v: 1,
    registry: request.registry ?? '',
    size,
    root: digestToHex(root),
    time,
  };
  const random = (into: Uint8Array): void => void randomFillSync(into);
  const proof = must(proveTransparent({ plan, statement, witness, kernels: new PlainKernels(), random }));
  return {
    format: 'tacit-proof',
    v: 1,
    statement: 'credit-score',
    system: 'transparent',
    bundle: hash,
    root: digestToHex(root),
    nullifier: digestToHex(nullifier),
    issued: { size, time, signature: signRoot(demoIssuerKey(), rootStatement) },
    proof: toBase64Url(proof),
  };
}
