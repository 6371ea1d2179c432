// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { expectedSignals, issuerPublicKey, PUBLIC_SIGNALS } from '../../../circuits/credit-score/index.ts';
import { peopleMargin, peopleNetworks } from '../../../circuits/face/testing/people.ts';
import { type BundleManifest, fieldToHex, type Groth16Proof, type ProofRequest, type Verdict } from '../../../src/protocol/index.ts';
import { createApp } from '../app.ts';
import type { Applicant } from '../demo-issuer.ts';
import { inlineChecker } from '../faces/checker.ts';
import { openRegistrars } from '../faces/faces.ts';
import { openIssuers } from '../issuers.ts';
import type { PublicJwk } from '../jws.ts';
import { openKeys } from '../keys.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { openLog } from '../log.ts';
import { openPartners } from '../partners.ts';
import { openRegistries } from '../registries.ts';
import type { Services } from '../services.ts';
import { listFiles } from '../static/index.ts';
import { openSqliteStore } from '../store/index.ts';
import { openVerifiers } from '../verifiers.ts';
import { type BundleOptions, schemaJson, writeBundles, writeTwin } from './bundle.ts';
import { forgeProof } from './forge.ts';
import { makePartner, type TestPartner } from './partner.ts';

export const ORIGIN = 'https://verifier.example';
export const START = 1_800_000_000;

export interface HarnessOptions {
  readonly limits?: Partial<Limits>;
  readonly bundles?: readonly BundleOptions[];
  readonly acceptDevelopmentKeys?: boolean;
  readonly demoIssuer?: boolean;
  readonly rootMinutes?: number;
  /** Also the bundle of the transparent system. */
  readonly twin?: boolean;
  /** Faces on small networks, and a registrar's public key. */
  readonly faces?: { readonly registrar: PublicJwk; readonly demo?: boolean };
  readonly demoPartner?: string;
  /** Of a shelf of a registry, where 16 is too many leaves for a test. */
  readonly shelfLevel?: number;
  readonly app?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  readonly json: any;
}

/** The whole service in process: real store, real keys, real proofs under a forged key, a clock the test moves. */
export interface Harness {
  readonly services: Services;
  readonly manifests: readonly BundleManifest[];
  readonly partner: TestPartner;
  readonly other: TestPartner;
  readonly time: { now: number };
  readonly logged: string[];
  readonly directory: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
  /** Places an order and reads the request back. */
  request(change?: Record<string, unknown>, by?: TestPartner): Promise<ProofRequest>;
  prove(request: ProofRequest, nullifier?: bigint, salt?: string): Groth16Proof;
  verdict(id: string, by?: TestPartner): Promise<Verdict>;
  close(): Promise<void>;
}

export const applicants: readonly Applicant[] = [
  {
    id: 'held-out-1',
    label: 'Applicant 1',
    features: Object.fromEntries(
      (schemaJson.features as { name: string; kind: string; min?: number }[]).map((feature) => [feature.name, feature.min ?? 0]),
    ),
  },
];

const signalsOf = (request: ProofRequest, manifest: BundleManifest, nullifier: bigint): bigint[] => {
  const expected = expectedSignals(request, manifest);
  return PUBLIC_SIGNALS.map((name) => expected[name] ?? nullifier);
};

/** A proof of `request` that holds, with the nullifier given. */
export const proofOf = (request: ProofRequest, manifest: BundleManifest, nullifier: bigint, salt = ''): Groth16Proof => {
  const signals = signalsOf(request, manifest, nullifier);
  const { statement, bundle } = request;
  return {
    format: 'tacit-proof',
    v: 1,
    statement,
    system: 'groth16',
    bundle,
    points: forgeProof(signals, salt),
    publicSignals: signals.map(fieldToHex),
  };
};

export const requestIn = (jws: string): ProofRequest => decodeJwt(jws) as unknown as ProofRequest;

let people = 0n;
/** A nullifier that no other call has returned. */
export const freshNullifier = (): bigint => BigInt(`0x${randomBytes(30).toString('hex')}`) + people++;

export async function openHarness(options: HarnessOptions = {}): Promise<Harness> {
  const directory = mkdtempSync(join(tmpdir(), 'tacit-server-'));
  const bundles = join(directory, 'bundles');
  mkdirSync(bundles);
  const manifests = writeBundles(bundles, ...(options.bundles ?? [{}]));
  if (options.twin === true) writeTwin(bundles);
  const [partner, other] = await Promise.all([makePartner('harbour', ORIGIN), makePartner('rival', ORIGIN)]);
  const time = { now: START };
  const logged: string[] = [];
  const demoIssuer = options.demoIssuer ?? true;
  const issuers = [{ id: 'bank', name: 'A bank', x: BANK.x, y: BANK.y }];
  const verifiers = await openVerifiers(bundles, options.acceptDevelopmentKeys ?? true);
  if (!verifiers.ok) throw new Error(verifiers.error.code);
  const knownIssuers = openIssuers({ issuers, demoIssuer });
  const limits = { ...defaultLimits, ...options.limits };
  const configs = [partner, other].map(({ id, origin, jwk }) => ({
    id,
    name: `${id} Ltd`,
    origins: [origin],
    issuer: demoIssuer ? 'demo' : 'bank',
    keys: [jwk],
  }));
  const services: Services = {
    origin: ORIGIN,
    clock: () => time.now,
    random: (length) => new Uint8Array(randomBytes(length)),
    store: openSqliteStore(join(directory, 'verifier.db'), undefined, options.shelfLevel),
    keys: await openKeys(directory),
    partners: await openPartners(configs, limits.freshness),
    issuers: knownIssuers,
    registries: openRegistries(knownIssuers, options.rootMinutes ?? 60, ['kept']),
    applicants,
    ...(options.faces === undefined
      ? {}
      : {
          faces: {
            ...inlineChecker(peopleNetworks, peopleMargin),
            registrars: await openRegistrars([{ id: 'town', name: 'Town hall', keys: [options.faces.registrar] }], options.faces.demo),
          },
        }),
    ...(options.demoPartner === undefined ? {} : { demoPartner: options.demoPartner }),
    verifiers: verifiers.value,
    files: listFiles(options.app, bundles),
    log: openLog('debug', { write: (line) => void logged.push(line) }),
    limits,
  };
  const app = createApp(services);

  const answer = async (response: Response): Promise<Answer> => ({
    status: response.status,
    headers: response.headers,
    json: await response.json(),
  });
  const post: Harness['post'] = async (path, body) =>
    answer(
      await app.request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
      }),
    );
  const get: Harness['get'] = async (path, headers = {}) => answer(await app.request(path, { headers }));
  const manifestOf = (request: ProofRequest): BundleManifest => {
    const bundle = services.verifiers.get(request.bundle);
    if (!bundle.ok) throw new Error(bundle.error.code);
    if (bundle.value.system !== 'groth16') throw new Error('only Groth16 proofs can be forged');
    return bundle.value.manifest;
  };
  return {
    services,
    manifests,
    partner,
    other,
    time,
    logged,
    directory,
    fetch: async (path, init) => app.request(path, init),
    get,
    post,
    request: async (change = {}, by = partner) => {
      const placed = await post('/v1/requests', { order: await by.order(time.now, change) });
      if (placed.json.request === undefined) throw new Error(JSON.stringify(placed.json));
      return requestIn(placed.json.request);
    },
    prove: (request, nullifier = freshNullifier(), salt = '') => proofOf(request, manifestOf(request), nullifier, salt),
    verdict: async (id, by = partner) => {
      const read = await get(`/v1/requests/${id}/verdict`, { authorization: `Bearer ${await by.token(ORIGIN, time.now)}` });
      if (read.json.verdict === undefined) throw new Error(JSON.stringify(read.json));
      return decodeJwt(read.json.verdict) as unknown as Verdict;
    },
    close: async () => {
      await services.store.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Any valid public key will do for an issuer that is not the demo one. */
export const bankKey = new Uint8Array(32).fill(7);
const BANK = issuerPublicKey(bankKey);
