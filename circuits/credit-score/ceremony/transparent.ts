// The bundle of the transparent system: model, schema, preview and card of the Groth16 bundle beside it, and the hash of the program that
// comes out of them. No ceremony and no keys, so it takes a second: `npm run bundle:transparent`, also the last step of `npm run ceremony`.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, sha256Hex } from '../../../src/base/index.ts';
import {
  type BundleIndex,
  bundleHash,
  type CommonArtefact,
  parseBundleIndex,
  parseCredentialSchema,
  parseTransparentManifest,
  type TransparentManifest,
} from '../../../src/protocol/index.ts';
import { type Plan, planProgram } from '../../../src/protocol/transparent/index.ts';
import { parseIntegerModel } from '../index.ts';
import { creditProgram } from '../transparent/index.ts';
import { currentBundle } from './bundle.ts';

const NAMES = ['model', 'schema', 'preview', 'card'] as const satisfies readonly CommonArtefact[];
type Files = Readonly<Record<CommonArtefact, Uint8Array>>;
const json = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

/** What these files compile to. Throws when they do not fit each other or prove too little. */
function compiled(files: Pick<Files, 'model' | 'schema'>): { readonly plan: Plan; readonly name: string } {
  const schema = parseCredentialSchema(json(files.schema));
  if (!schema.ok) throw new Error(`schema: ${schema.error.params?.what}`);
  const model = parseIntegerModel(json(files.model), schema.value);
  if (!model.ok) throw new Error(`model: ${model.error.params?.what}`);
  const plan = planProgram(creditProgram(model.value, schema.value).program);
  if (!plan.sound) throw new Error(`only ${plan.soundness} bits`);
  return { plan, name: model.value.name };
}

/** The plan of the model and the schema in `circuits/credit-score`. */
export async function currentPlan(): Promise<Plan> {
  const source = (name: string) => readFile(new URL(`../${name}.json`, import.meta.url));
  return compiled({ model: await source('model'), schema: await source('schema') }).plan;
}

/** The manifest that belongs to these files. Throws as `compiled` does. */
export function transparentManifest(files: Files, artefacts: TransparentManifest['artefacts']): TransparentManifest {
  const { plan, name } = compiled(files);
  return {
    format: 'tacit-bundle',
    v: 1,
    statement: 'credit-score',
    system: 'transparent',
    title: `Credit score (${name}), transparent`,
    model: sha256Hex(files.model),
    schema: sha256Hex(files.schema),
    program: plan.hash,
    publics: [...plan.program.publics],
    artefacts,
  };
}

/** Writes the bundle below `folder`, beside the current Groth16 one, and names both in the index (the other bundles of it stay). */
export async function publishTransparent(folder: string): Promise<string> {
  const keyed = await currentBundle(folder);
  const files = Object.fromEntries(await Promise.all(NAMES.map(async (name) => [name, await keyed.read(name)] as const))) as Files;
  const { model, schema, preview, card } = keyed.manifest.artefacts;
  const manifest = transparentManifest(files, { model, schema, preview, card });
  const hash = bundleHash(manifest);
  const checked = parseTransparentManifest(manifest, hash);
  if (!checked.ok) throw new Error(`manifest: ${checked.error.params?.what}`);
  const index = parseBundleIndex(json(await readFile(join(folder, 'index.json'))));
  if (!index.ok) throw new Error('index.json cannot be read');
  const others = index.value.bundles.filter(({ system }) => system !== 'transparent');
  for (const { bundle, system } of index.value.bundles)
    if (system === 'transparent') await rm(join(folder, bundle), { recursive: true, force: true });
  await mkdir(join(folder, hash), { recursive: true });
  for (const name of NAMES) await writeFile(join(folder, hash, manifest.artefacts[name].file), files[name]);
  await writeFile(join(folder, hash, 'manifest.json'), canonicalJson(manifest));
  const bundles: BundleIndex['bundles'] = [...others, { statement: 'credit-score', system: 'transparent', bundle: hash }];
  await writeFile(join(folder, 'index.json'), canonicalJson({ format: 'tacit-bundles', v: 1, bundles }));
  return hash;
}
