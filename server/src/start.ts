// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import applicantsJson from '../../circuits/credit-score/applicants.json' with { type: 'json' };
import { errorSentence, type Result } from '../../src/base/index.ts';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { parseApplicants } from './demo-issuer.ts';
import { openRegistrars } from './faces/faces.ts';
import { readFaces } from './faces/networks.ts';
import { threadChecker } from './faces/threadChecker.ts';
import { openIssuers } from './issuers.ts';
import { openKeys } from './keys.ts';
import { defaultLimits } from './limits.ts';
import { type Logger, openLog, traceOf } from './log.ts';
import { openPartners } from './partners.ts';
import { problemResponse } from './problem.ts';
import { openRegistries } from './registries.ts';
import { StartError } from './start-error.ts';
import { listFiles } from './static/index.ts';
import { openSqliteStore, type Store } from './store/index.ts';
import { openVerifiers } from './verifiers.ts';

const DAY = 86_400;
/** How long calls that are under way may take to end after a signal. */
const GRACE_MILLIS = 5000;

export interface Running {
  readonly port: number;
  /** Takes no new call, lets those under way end, closes the database. */
  stop(): Promise<void>;
}

/** Starts the service. Throws StartError, or an error of the catalogue as one, when it must not run; nothing listens then. */
export async function startVerifier(config: Config, log: Logger = openLog(config.logLevel)): Promise<Running> {
  const verifiers = orRefuse(await openVerifiers(config.bundles, config.acceptDevelopmentKeys));
  const issuers = openIssuers(config);
  const registrars = await openRegistrars(config.registrars, config.demoRegistrar);
  const partners = await openPartners(config.partners, defaultLimits.freshness);
  const applicants = orRefuse(parseApplicants(applicantsJson));
  // Read once here, so that a wrong folder is told at once; the thread reads it again.
  if (config.faces !== undefined) orRefuse(await readFaces(config.faces));
  const faces = config.faces === undefined ? undefined : threadChecker(config.faces, new URL('./faces.mjs', import.meta.url));
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const keys = await openKeys(config.data);
  const store = openSqliteStore(join(config.data, 'verifier.db'));
  const files = listFiles(config.app, config.bundles);
  const clock = () => Math.floor(Date.now() / 1000);
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const { origin } = config;
  const app = createApp({
    origin,
    clock,
    random,
    store,
    keys,
    partners,
    issuers,
    registries: openRegistries(issuers, config.rootMinutes),
    applicants,
    ...(config.demoIssuer && config.demoPartner !== undefined ? { demoPartner: config.demoPartner } : {}),
    verifiers,
    ...(faces === undefined ? {} : { faces: { ...faces, registrars } }),
    files,
    log,
    limits: defaultLimits,
  });

  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    // What cannot even be read as a request: a Host or a path that is no URL.
    errorHandler: () => problemResponse({ code: 'input/malformed', params: { what: 'address or headers' } }, origin),
  });
  const server = createServer(
    { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 60_000, connectionsCheckingInterval: 5000 },
    (incoming, outgoing) => {
      void listener(incoming, outgoing);
    },
  );
  await listen(server, config);
  if (files.index === undefined) log.warn('no built app: only the API and the bundles are served');
  if (config.acceptDevelopmentKeys) log.warn('development keys are accepted: whoever made them can forge proofs');
  if (config.demoIssuer) log.warn('the demo issuer runs: anybody can forge its credentials');
  if (config.demoRegistrar) log.warn('the demo registrar runs: anybody can sign in its name');
  const { port } = server.address() as AddressInfo;
  log.info({ origin, port, bundle: verifiers.current.hash, kid: keys.kid }, 'listening');

  const forget = () => purge(store, log, clock() - config.keepDays * DAY);
  const timer = setInterval(forget, 3600 * 1000);
  timer.unref();
  await forget();
  return {
    port,
    stop: async () => {
      clearInterval(timer);
      await close(server);
      await faces?.close();
      await store.close();
      log.info('stopped');
    },
  };
}

function orRefuse<T>(result: Result<T>): T {
  if (!result.ok) throw new StartError(errorSentence(result.error));
  return result.value;
}

const listen = (server: Server, { listen: { host, port } }: Config): Promise<void> =>
  new Promise((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      failed(error.code === 'EADDRINUSE' ? new StartError(`Port ${port} is in use. Stop what uses it, or set TACIT_PORT.`) : error),
    );
    server.listen(port, host, done);
  });

const close = (server: Server): Promise<void> =>
  new Promise((done) => {
    const hurry = setTimeout(() => server.closeAllConnections(), GRACE_MILLIS);
    server.close(() => {
      clearTimeout(hurry);
      done();
    });
    server.closeIdleConnections();
  });

async function purge(store: Store, log: Logger, before: number): Promise<void> {
  try {
    const forgotten = await store.purge(before);
    if (forgotten > 0) log.info({ forgotten }, 'forgot old requests');
  } catch (error) {
    log.error(traceOf(error), 'could not forget old requests');
  }
}
