// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, importJWK } from 'jose';
import * as z from 'zod';
import { type CanonicalValue, canonicalBytes, invariant } from '../../src/base/index.ts';
import { readJson } from './json.ts';
import { importPublicKey, publicJwk } from './jws.ts';
import { StartError } from './start-error.ts';

const privateJwk = publicJwk.extend({ d: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });
/** `current` signs; `former` have lost their private half and stay in the JWKS so that old verdicts can still be checked. */
const ringSchema = z.strictObject({ v: z.literal(1), current: privateJwk, former: z.array(publicJwk).max(100) });
type Ring = z.infer<typeof ringSchema>;

const FILE = 'signing-keys.json';

/** The verifier's signing key, and every public key it ever signed with. */
export interface SigningKeys {
  /** RFC 7638 thumbprint of the key that signs now. */
  readonly kid: string;
  /** What /.well-known/jwks.json answers. */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, string>>[] };
  /** The public key called `kid`, former ones included. */
  publicKey(kid: string): CryptoKey | undefined;
  /** A compact JWS (EdDSA) of the canonical JSON of `payload`. */
  sign(typ: string, payload: CanonicalValue): Promise<string>;
}

/** Opens the keys in `directory`; the first start makes them. Throws when the file is damaged or readable by others. */
export async function openKeys(directory: string): Promise<SigningKeys> {
  return fromRing(readRing(directory) ?? (await firstRing(directory)));
}

/** Makes a new signing key; the old one keeps its public half in the JWKS. Running processes take it up when they restart. */
export async function rotateKeys(directory: string): Promise<SigningKeys> {
  const old = readRing(directory);
  if (old === undefined) return openKeys(directory);
  const { d: _, ...former } = old.current;
  const ring: Ring = { v: 1, current: await newKey(), former: [former, ...old.former] };
  renameSync(writeTemporary(directory, ring), join(directory, FILE));
  return fromRing(ring);
}

function readRing(directory: string): Ring | undefined {
  const path = join(directory, FILE);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0)
    throw new StartError(`${path} can be read by other users of this machine. Run: chmod 600 ${path}`);
  const json = readJson(readFileSync(path));
  const parsed = ringSchema.safeParse(json.ok ? json.value : undefined);
  // No detail: it could quote the key.
  if (!parsed.success) throw new StartError(`${path} is damaged. Restore it from your backup; a new key would orphan open requests.`);
  return parsed.data;
}

/** Two processes may start at once on one directory: `link` lets exactly one of them name its file, and both read that one. */
async function firstRing(directory: string): Promise<Ring> {
  const temporary = writeTemporary(directory, { v: 1, current: await newKey(), former: [] });
  try {
    linkSync(temporary, join(directory, FILE));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  const ring = readRing(directory);
  invariant(ring !== undefined, 'the signing key that was just written is gone');
  return ring;
}

async function newKey(): Promise<Ring['current']> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const { kty, crv, x, d } = await exportJWK(pair.privateKey);
  return privateJwk.parse({ kty, crv, x, d });
}

function writeTemporary(directory: string, ring: Ring): string {
  const path = join(directory, `.${FILE}.${randomBytes(8).toString('hex')}`);
  const file = openSync(path, 'wx', 0o600);
  writeSync(file, `${JSON.stringify(ring, null, 2)}\n`);
  fsyncSync(file);
  closeSync(file);
  return path;
}

async function fromRing({ current, former }: Ring): Promise<SigningKeys> {
  const { d, ...currentPublic } = current;
  const privateKey = await importJWK({ kty: current.kty, crv: current.crv, x: current.x, d }, 'EdDSA');
  const published = [currentPublic, ...former];
  const named = await Promise.all(published.map(importPublicKey));
  const kid = named[0]?.kid;
  invariant(kid !== undefined, 'a key ring without a key');
  const byKid = new Map(named.map((entry) => [entry.kid, entry.key]));
  return {
    kid,
    jwks: { keys: published.map(({ kty, crv, x }, at) => ({ kty, crv, x, kid: named[at]?.kid ?? '', use: 'sig', alg: 'EdDSA' })) },
    publicKey: (wanted) => byKid.get(wanted),
    sign: (typ, payload) => new CompactSign(canonicalBytes(payload)).setProtectedHeader({ alg: 'EdDSA', kid, typ }).sign(privateKey),
  };
}
