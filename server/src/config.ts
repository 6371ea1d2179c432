// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { hexBytes, parseShape, shownText, slug, webOrigin } from '../../src/protocol/index.ts';
import { readJson } from './json.ts';
import { publicJwk } from './jws.ts';
import { StartError } from './start-error.ts';

/** The id under which partners name the demo issuer. */
export const DEMO_ISSUER_ID = 'demo';
/** The id under which partners name the demo registrar. */
export const DEMO_REGISTRAR_ID = 'demo';

const partnerSchema = z.strictObject({
  id: slug,
  name: shownText(80),
  /** The exact origins of this partner's pages. */
  origins: z.array(webOrigin).min(1).max(32),
  /** The issuer whose credentials this partner's requests ask for: the id of an entry of `issuers`, or `demo`. */
  issuer: slug,
  /** Ed25519 public keys (JWK), or a file that holds one. Several, so that a key can be replaced without a gap. */
  keys: z
    .array(z.union([publicJwk, z.strictObject({ file: z.string().min(1) })]))
    .min(1)
    .max(8),
  /** The only thresholds this partner may ask for; any when absent. Few of them bound what repeated questions tell of a score. */
  thresholds: z.array(z.int()).min(1).max(32).optional(),
  /** The same for faces: parts in 4096 of a cosine of 1. */
  faceThresholds: z.array(z.int().min(1).max(4095)).min(1).max(32).optional(),
});
export type PartnerConfig = z.infer<typeof partnerSchema>;

const issuerSchema = z.strictObject({
  id: slug.refine((id) => id !== DEMO_ISSUER_ID, `“${DEMO_ISSUER_ID}” is kept for the demo issuer`),
  name: shownText(80),
  x: hexBytes(32),
  y: hexBytes(32),
});

/** Who checks documents and signs for faces. */
const registrarSchema = z.strictObject({
  id: slug.refine((id) => id !== DEMO_REGISTRAR_ID, `“${DEMO_REGISTRAR_ID}” is kept for the demo registrar`),
  name: shownText(80),
  keys: z
    .array(z.union([publicJwk, z.strictObject({ file: z.string().min(1) })]))
    .min(1)
    .max(8),
});
export type RegistrarConfig = z.infer<typeof registrarSchema>;

const configSchema = z.strictObject({
  /** Where people and partners reach this service. Tokens and requests name it, so it is never taken from a Host header. */
  origin: webOrigin,
  listen: z.strictObject({ host: z.string().min(1).default('localhost'), port: z.int().min(0).max(65_535) }),
  /** Folder of the database and the signing key; made when absent, readable by this user alone. */
  data: z.string().min(1),
  /** Folder of the built app; without it only the API and the bundles are served. */
  app: z.string().min(1).optional(),
  /** Folder of the proof bundles. */
  bundles: z.string().min(1),
  /** Folder of the compiled face networks (parameters.json and two files); without it no faces are enrolled or asked for. */
  faces: z.string().min(1).optional(),
  registrars: z.array(registrarSchema).max(64).default([]),
  /** Run the demo registrar and know its word, which anybody can forge. Never in production. */
  demoRegistrar: z.boolean().default(false),
  /** Accept bundles whose keys were made by one party, who could forge proofs. Never in production. */
  acceptDevelopmentKeys: z.boolean().default(false),
  /** Run the demo issuer and accept its credentials, which anybody can forge. Never in production. */
  demoIssuer: z.boolean().default(false),
  /** Where the demo partner's page is, for the app's first steps to link to. Only with the demo issuer. */
  demoPartner: webOrigin.optional(),
  /** Minutes for which a registry's root may have been replaced before a request was made and still be proven against. */
  rootMinutes: z
    .int()
    .min(0)
    .max(60 * 24 * 365)
    .default(60 * 24),
  /** Days after its expiry for which a request and its verdict are kept. Spent nullifiers are kept for good. */
  keepDays: z.int().min(1).max(3650).default(30),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  issuers: z.array(issuerSchema).max(64).default([]),
  partners: z.array(partnerSchema).max(1000),
});
export type Config = z.infer<typeof configSchema>;

/**
 * Reads the JSON file at `path`, lays the environment over it (TACIT_ORIGIN, TACIT_HOST, TACIT_PORT, TACIT_DATA_DIR,
 * TACIT_APP, TACIT_BUNDLES, TACIT_FACES, TACIT_LOG_LEVEL, TACIT_DEMO_PARTNER), and makes every path absolute (those of the file are relative to it).
 * Throws StartError with what to change.
 */
export function readConfig(path: string, env: Readonly<Record<string, string | undefined>>): Config {
  if (!existsSync(path)) throw new StartError(`There is no configuration at ${path}. Set TACIT_CONFIG to its path.`);
  const json = readJson(readFileSync(path));
  if (!json.ok) throw new StartError(`${path}: ${json.error.params?.what}.`);
  const file = parse(json.value, path);
  const place = (over: string | undefined, value: string): string => (over ? resolve(over) : resolve(dirname(path), value));
  const app = env.TACIT_APP ?? file.app;
  const faces = env.TACIT_FACES ?? file.faces;
  return consistent(
    parse(
      {
        ...file,
        origin: env.TACIT_ORIGIN ?? file.origin,
        listen: {
          host: env.TACIT_HOST ?? file.listen.host,
          port: env.TACIT_PORT === undefined ? file.listen.port : Number(env.TACIT_PORT),
        },
        logLevel: env.TACIT_LOG_LEVEL ?? file.logLevel,
        data: place(env.TACIT_DATA_DIR, file.data),
        bundles: place(env.TACIT_BUNDLES, file.bundles),
        ...(env.TACIT_DEMO_PARTNER === undefined ? {} : { demoPartner: env.TACIT_DEMO_PARTNER }),
        ...(app === undefined ? {} : { app: place(env.TACIT_APP, app) }),
        ...(faces === undefined ? {} : { faces: place(env.TACIT_FACES, faces) }),
        registrars: (file.registrars ?? []).map((registrar) => ({
          ...registrar,
          keys: registrar.keys.map((key) => ('file' in key ? { file: place(undefined, key.file) } : key)),
        })),
        partners: file.partners.map((partner) => ({
          ...partner,
          keys: partner.keys.map((key) => ('file' in key ? { file: place(undefined, key.file) } : key)),
        })),
      },
      'The environment',
    ),
  );
}

function parse(value: unknown, source: string): Config {
  const parsed = parseShape(configSchema, value, 'input/malformed');
  if (!parsed.ok) throw new StartError(`${source}: ${parsed.error.params?.what}.`);
  return parsed.value;
}

/** What no single field shows. */
function consistent(config: Config): Config {
  const known = new Set([...config.issuers.map(({ id }) => id), ...(config.demoIssuer ? [DEMO_ISSUER_ID] : [])]);
  if (known.size < config.issuers.length + Number(config.demoIssuer)) throw new StartError('Two issuers have one id.');
  if (new Set(config.registrars.map(({ id }) => id)).size < config.registrars.length) throw new StartError('Two registrars have one id.');
  if (new Set(config.partners.map(({ id }) => id)).size < config.partners.length) throw new StartError('Two partners have one id.');
  for (const { id, issuer } of config.partners) {
    if (known.has(issuer)) continue;
    const hint = issuer === DEMO_ISSUER_ID ? 'set demoIssuer to true' : 'add it to issuers';
    throw new StartError(`Partner ${id} names the issuer ${issuer}, which is not configured: ${hint}.`);
  }
  const { protocol, hostname } = new URL(config.origin);
  if (protocol === 'http:' && !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
    throw new StartError(`origin ${config.origin} must be https: browsers give proofs no secure context otherwise.`);
  return config;
}
