// `npm run ceremony`: compiles the circuit of model.json and schema.json, makes its keys in a development ceremony, checks them, and
// replaces public/bundles and the powers of tau beside this file (`npm run ceremony:check` checks both phases with them). Minutes of
// CPU; not part of `npm start`, which uses the committed bundle.
// `-- --keep-keys`: the circuit has not changed; take keys and transcript from the committed bundle and renew the rest (card, preview).
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CanonicalValue, canonicalBytes, canonicalJson, sha256Hex, utf8ToBytes } from '../../../src/base/index.ts';
import { type CredentialSchema, parseCredentialSchema } from '../../../src/protocol/index.ts';
import { curves, zKey } from '../../../src/prove/groth16/setup.ts';
import { compile, OPTIMISATION } from '../circuit/compile.ts';
import { generateCircom } from '../circuit/generate.ts';
import { readR1cs } from '../circuit/r1cs.ts';
import { type IntegerModel, parseIntegerModel } from '../index.ts';
import { type BundleFiles, currentBundle, publish } from './bundle.ts';
import { committedPowers, phase1, phase2 } from './phases.ts';
import type { Contribution } from './transcript.ts';
import { publishTransparent } from './transparent.ts';

const statement = join(dirname(fileURLToPath(import.meta.url)), '..');
const root = join(statement, '../..');
const bundles = join(root, 'public/bundles');
const cache = join(root, '.cache/ceremony');
const version = async (name: string): Promise<string> =>
  (JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(statement, file), 'utf8'));

async function modelAndSchema(): Promise<{ schema: CredentialSchema; model: IntegerModel }> {
  const schema = parseCredentialSchema(await json('schema.json'));
  if (!schema.ok) throw new Error(`schema.json: ${schema.error.params?.what}`);
  const model = parseIntegerModel(await json('model.json'), schema.value);
  if (!model.ok) throw new Error(`model.json: ${model.error.params?.what}`);
  return { schema: schema.value, model: model.value };
}

const signed = ({ name, hash, beacon }: Contribution): CanonicalValue =>
  beacon === undefined ? { name, hash } : { name, hash, beacon: { ...beacon } };

/** Both phases; the transcript says who gave what, with which tools, and what was checked. */
async function ceremony(r1cs: Uint8Array): Promise<Pick<BundleFiles, 'zkey' | 'vkey' | 'transcript'>> {
  const { constraints, wires, publicInputs } = readR1cs(r1cs);
  // The quotient needs a domain that holds every constraint and one more row for each public input and the constant.
  const power = Math.ceil(Math.log2(constraints.length + publicInputs + 1));
  const r1csHash = sha256Hex(r1cs);
  const folder = join(cache, r1csHash);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'circuit.r1cs'), r1cs);
  console.log(`${constraints.length} constraints, ${wires} wires: domain 2^${power}`);
  console.log('phase 1: powers of tau (kept in .cache for the next time)');
  const tau = await phase1(join(cache, 'tau'), power);
  console.log('phase 2: this circuit');
  const keys = await phase2(folder, join(folder, 'circuit.r1cs'), tau);
  const zkey = await readFile(keys.file);
  const powers = await readFile(tau.powers);
  await copyFile(tau.powers, committedPowers(tau.power));
  const vkey = utf8ToBytes(canonicalJson(JSON.parse(JSON.stringify(await zKey.exportVerificationKey(keys.file)))));
  const transcript = canonicalJson({
    format: 'tacit-ceremony',
    v: 1,
    keys: 'development',
    note: 'One party made every contribution and the beacons are fixed texts: whoever ran this could forge proofs. For trying out, never for decisions about people.',
    tools: {
      circom2: await version('circom2'),
      circomlib: await version('circomlib'),
      snarkjs: await version('snarkjs'),
      node: process.version,
    },
    circuit: { r1cs: r1csHash, constraints: constraints.length, wires, publicInputs, optimisation: OPTIMISATION },
    phase1: { power: tau.power, powers: { sha256: sha256Hex(powers), bytes: powers.length }, contributions: tau.contributions.map(signed) },
    phase2: { contributions: keys.contributions.map(signed) },
    results: { zkey: sha256Hex(zkey), vkey: sha256Hex(vkey) },
    checks: ['powersOfTau.verify', 'zKey.verifyFromR1cs'],
  });
  return { zkey, vkey, transcript: utf8ToBytes(transcript) };
}

async function main(): Promise<void> {
  const { schema, model } = await modelAndSchema();
  const generated = generateCircom(model, schema);
  await writeFile(join(statement, 'circuit/generated.circom'), generated);
  const { r1cs, wasm } = await compile(generated, OPTIMISATION);
  const keep = process.argv.includes('--keep-keys');
  const old = keep && existsSync(join(bundles, 'index.json')) ? await currentBundle(bundles) : undefined;
  if (keep && old?.manifest.artefacts.r1cs.sha256 !== sha256Hex(r1cs)) {
    throw new Error('the circuit has changed: it needs new keys (run without --keep-keys)');
  }
  const keys =
    old === undefined
      ? await ceremony(r1cs)
      : { zkey: await old.read('zkey'), vkey: await old.read('vkey'), transcript: await old.read('transcript') };
  const { hash, bytes } = await publish(
    bundles,
    {
      ...keys,
      wasm,
      r1cs,
      model: canonicalBytes(model),
      schema: canonicalBytes(schema),
      preview: await readFile(join(statement, 'preview.onnx')),
      card: await readFile(join(statement, 'card.json')),
    },
    { title: `Credit score (${model.name})`, constraints: readR1cs(r1cs).constraints.length },
  );
  console.log(`bundle ${hash}, ${(bytes / 1e6).toFixed(2)} MB; transparent ${await publishTransparent(bundles)}`);
  await (await curves.getCurveFromName('bn128')).terminate();
}

await main();
