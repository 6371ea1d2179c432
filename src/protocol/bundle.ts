// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { canonicalBytes, err, type Hash32, ok, type Result, sha256Hex } from '../base/index.ts';
import { hexBytes, parseShape, proofSystem, shownText } from './shape.ts';

const artefactSchema = z.strictObject({
  /** File name inside the bundle's folder; it starts with the file's own hash. */
  file: z.string().regex(/^[0-9a-f]{64}\.[a-z0-9]{1,8}$/),
  sha256: hexBytes(32),
  bytes: z
    .int()
    .min(1)
    .max(64 * 2 ** 20),
});
export type Artefact = z.infer<typeof artefactSchema>;

/** Everything one statement needs, each file by its hash. The bundle's name is the hash of this manifest. */
export const bundleManifestSchema = z.strictObject({
  format: z.literal('tacit-bundle'),
  v: z.literal(1),
  statement: z.literal('credit-score'),
  system: z.literal('groth16'),
  /** `development`: made by one party for trying out, forgeable by it. `ceremony`: from a public multi-party ceremony. */
  keys: z.enum(['development', 'ceremony']),
  title: shownText(120),
  /** SHA-256 of the canonical integer model: the model the circuit's constants come from. */
  model: hexBytes(32),
  /** SHA-256 of the canonical credential schema. */
  schema: hexBytes(32),
  publicSignals: z
    .array(z.string().regex(/^[a-zA-Z]\w{0,31}$/))
    .min(1)
    .max(64),
  constraints: z.int().min(1),
  artefacts: z.strictObject({
    wasm: artefactSchema,
    zkey: artefactSchema,
    r1cs: artefactSchema,
    vkey: artefactSchema,
    model: artefactSchema,
    schema: artefactSchema,
    preview: artefactSchema,
    transcript: artefactSchema,
    card: artefactSchema,
  }),
});
export type BundleManifest = z.infer<typeof bundleManifestSchema>;
export type ArtefactName = keyof BundleManifest['artefacts'];

/** The same for the transparent system: no circuit and no keys, for both sides compile the program out of model and schema. */
export const transparentManifestSchema = z.strictObject({
  format: z.literal('tacit-bundle'),
  v: z.literal(1),
  statement: z.literal('credit-score'),
  system: z.literal('transparent'),
  title: shownText(120),
  model: hexBytes(32),
  schema: hexBytes(32),
  /** SHA-256 of the encoded program: what whoever compiles it must get. */
  program: hexBytes(32),
  publics: z
    .array(z.string().regex(/^[a-z][a-z0-9 ]{0,31}$/))
    .min(1)
    .max(64),
  artefacts: z.strictObject({ model: artefactSchema, schema: artefactSchema, preview: artefactSchema, card: artefactSchema }),
});
export type TransparentManifest = z.infer<typeof transparentManifestSchema>;
export type AnyManifest = BundleManifest | TransparentManifest;
/** Artefacts that the bundles of every system have. */
export type CommonArtefact = keyof TransparentManifest['artefacts'];

/** `index.json` beside the bundles: which are current. The first entry of a statement and system is the one new requests use. */
export const bundleIndexSchema = z.strictObject({
  format: z.literal('tacit-bundles'),
  v: z.literal(1),
  bundles: z
    .array(z.strictObject({ statement: z.literal('credit-score'), system: proofSystem, bundle: hexBytes(32) }))
    .min(1)
    .max(64),
});
export type BundleIndex = z.infer<typeof bundleIndexSchema>;

export const parseBundleIndex = (value: unknown): Result<BundleIndex> => parseShape(bundleIndexSchema, value, 'bundle/malformed');
export const bundleHash = (manifest: AnyManifest): Hash32 => sha256Hex(canonicalBytes(manifest));

/** Reads a manifest and checks that it is the one called `expected`, and that every file's name carries its hash. */
export const parseBundleManifest = (value: unknown, expected: string): Result<BundleManifest> =>
  checked(parseShape(bundleManifestSchema, value, 'bundle/malformed'), expected);

/** The same for a bundle of the transparent system. */
export const parseTransparentManifest = (value: unknown, expected: string): Result<TransparentManifest> =>
  checked(parseShape(transparentManifestSchema, value, 'bundle/malformed'), expected);

/** The same for a bundle of whichever system. */
export const parseAnyManifest = (value: unknown, expected: string): Result<AnyManifest> =>
  checked(
    parseShape(z.discriminatedUnion('system', [bundleManifestSchema, transparentManifestSchema]), value, 'bundle/malformed'),
    expected,
  );

function checked<M extends AnyManifest>(manifest: Result<M>, expected: string): Result<M> {
  if (!manifest.ok) return manifest;
  for (const [name, artefact] of Object.entries(manifest.value.artefacts)) {
    if (!artefact.file.startsWith(`${artefact.sha256}.`)) return err('bundle/malformed', { what: `${name}: file name and hash differ` });
  }
  if (bundleHash(manifest.value) !== expected) return err('bundle/hash-mismatch', { file: 'manifest.json' });
  return ok(manifest.value);
}

/** Refuses bytes that are not the published artefact: length first, then SHA-256. */
export function checkArtefact(artefact: Artefact, bytes: Uint8Array): Result<Uint8Array> {
  const same = bytes.length === artefact.bytes && sha256Hex(bytes) === artefact.sha256;
  return same ? ok(bytes) : err('bundle/hash-mismatch', { file: artefact.file });
}
