import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { type IntegerModel, parseIntegerModel } from '../../circuits/credit-score/index.ts';
import { err, ok, type Result } from '../base/index.ts';
import { type Bundle, type BundleStore, openBundles } from '../bundles/index.ts';
import { type CommonArtefact, type CredentialSchema, parseCredentialSchema, parseShape } from '../protocol/index.ts';
import type { Arguments } from './arguments.ts';
import type { Io } from './outcome.ts';

/** The bundles of `--bundles`, else of TACIT_BUNDLES, else of this checkout. */
export function bundlesOf(args: Arguments, { env }: Io): Promise<Result<BundleStore>> {
  const shipped = fileURLToPath(new URL('../../public/bundles', import.meta.url));
  return openBundles(args.text('bundles') ?? env.TACIT_BUNDLES ?? shipped);
}

/** A bundle's schema and model. Errors: bundle/missing, bundle/hash-mismatch, bundle/malformed. */
export async function readStatement(bundle: Bundle): Promise<Result<{ schema: CredentialSchema; model: IntegerModel }>> {
  const schemaJson = await readJson(bundle, 'schema');
  if (!schemaJson.ok) return schemaJson;
  const schema = parseCredentialSchema(schemaJson.value);
  if (!schema.ok) return schema;
  const modelJson = await readJson(bundle, 'model');
  if (!modelJson.ok) return modelJson;
  const model = parseIntegerModel(modelJson.value, schema.value);
  return model.ok ? ok({ schema: schema.value, model: model.value }) : model;
}

async function readJson(bundle: Bundle, name: CommonArtefact): Promise<Result<unknown>> {
  const bytes = await bundle.read(name);
  if (!bytes.ok) return bytes;
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.value)));
  } catch {
    return err('bundle/malformed', { what: `${name}: not JSON` });
  }
}

const cardSchema = z.looseObject({ policy: z.looseObject({ threshold: z.int() }) });

/** The threshold the model's card was worked out at, in the model's units. Errors: those of the artefact. */
export async function cardThreshold(bundle: Bundle): Promise<Result<number>> {
  const json = await readJson(bundle, 'card');
  if (!json.ok) return json;
  const card = parseShape(cardSchema, json.value, 'bundle/malformed');
  return card.ok ? ok(card.value.policy.threshold) : card;
}

/** The chance of repaying that the model's score stands for, in percent with one digit. */
export const percentOf = (score: number, model: IntegerModel): string =>
  `${(100 / (1 + Math.exp(-score / 2 ** model.logitScale))).toFixed(1)} %`;
