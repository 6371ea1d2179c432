// SPDX-License-Identifier: Apache-2.0
import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { type ErrorCode, err, ok, type Result, type TacitError } from '../../src/base/index.ts';
import { type AnyRequest, hexBytes, parseShape } from '../../src/protocol/index.ts';
import { answerRequest, checkProof, readVerdict } from './answers.ts';
import { readJsonBody } from './body.ts';
import { DEMO_ISSUER_ID } from './config.ts';
import { describeIssuer, issueAndRegister } from './demo-issuer.ts';
import { demoAttestation } from './faces/demo-registrar.ts';
import { describeFaces, enrolFace, revokeFace } from './faces/enrol.ts';
import { RETRY_AFTER_SECONDS } from './limits.ts';
import { traceOf } from './log.ts';
import { problemResponse } from './problem.ts';
import { pushLeaves, registryLeaves, registryState } from './registries.ts';
import { findRequest, placeOrder, statusOf } from './requests.ts';
import type { Services } from './services.ts';
import { securityHeaders, serveFile } from './static/index.ts';
import { StoreBusyError } from './store/index.ts';

interface Env {
  /** `working`: the call has one of the places of `limits.inFlight`. */
  Variables: { route: string; code: ErrorCode; working: boolean };
}
type Handler = (context: Context<Env>) => Promise<Response> | Response;

const orderBody = z.strictObject({ order: z.string().max(60_000) });
const verifyBody = z.strictObject({ request: z.union([z.string().max(60_000), z.record(z.string(), z.unknown())]), proof: z.unknown() });
const issueBody = z.strictObject({ applicant: z.string().max(64), holder: hexBytes(32), leafHolder: hexBytes(32).optional() });

/** The whole service as a function from Request to Response; `services` is all it knows of the world. */
export function createApp(services: Services): Hono<Env> {
  const { origin, limits, log, keys } = services;
  const app = new Hono<Env>();
  const headers = securityHeaders(origin);
  /** Calls that are worked on, and bodies that are still arriving. */
  let inFlight = 0;
  let arriving = 0;
  const enter = (context: Context<Env>): boolean => {
    if (inFlight >= limits.inFlight) return false;
    inFlight++;
    context.set('working', true);
    return true;
  };
  const leave = (context: Context<Env>): void => {
    if (context.get('working')) inFlight--;
    context.set('working', false);
  };

  const problem = (context: Context<Env>, error: TacitError, extra: Readonly<Record<string, string>> = {}): Response => {
    context.set('code', error.code);
    return problemResponse(error, origin, extra);
  };
  /** JSON on success, a problem else. Nothing of /v1 is ever cached: it speaks of one request at one moment. */
  const answer = <T>(
    context: Context<Env>,
    result: Result<T>,
    status: 200 | 201 = 200,
    extra: Readonly<Record<string, string>> = {},
  ): Response =>
    result.ok
      ? Response.json(result.value, { status, headers: { 'cache-control': 'no-store', ...extra } })
      : problem(context, result.error);
  const body = async <T>(context: Context<Env>, schema: z.ZodType<T>, bytes = limits.bodyBytes): Promise<Result<T>> => {
    const busy = err('verifier/busy', { seconds: RETRY_AFTER_SECONDS });
    if (arriving >= limits.arriving) return busy;
    // Whoever sends slowly waits outside: a few idle connections would otherwise keep everybody out.
    arriving++;
    leave(context);
    const json = await readJsonBody(context.req.raw, { bytes, millis: limits.bodyMillis }).finally(() => {
      arriving--;
    });
    if (!enter(context)) return busy;
    return json.ok ? parseShape(schema, json.value, 'input/malformed') : json;
  };

  /** The length of a transparent proof is known from its program; what surrounds it is short. */
  const proofBytes = (request: AnyRequest): number => {
    if (request.statement === 'face-match') return limits.faceProofBytes;
    const bundle = services.verifiers.get(request.bundle);
    return limits.proofBytes + (bundle.ok && bundle.value.system === 'transparent' ? bundle.value.proofText : 0);
  };

  app.use(async (context, next) => {
    const began = performance.now();
    await next();
    for (const [name, value] of headers) context.res.headers.set(name, value);
    const { status } = context.res;
    const route = context.get('route') ?? 'none';
    // Files and health checks are many and say little.
    const level = status >= 500 ? 'error' : /^(?:file|app|\/healthz)$/.test(route) ? 'debug' : 'info';
    log[level](
      { method: context.req.method, route, status, code: context.get('code'), ms: Math.round(performance.now() - began) },
      'answered',
    );
  });

  app.use('/v1/*', async (context, next) => {
    if (!enter(context)) return problem(context, { code: 'verifier/busy', params: { seconds: RETRY_AFTER_SECONDS } });
    try {
      await next();
    } finally {
      leave(context);
    }
  });

  /** One path and the methods it takes; any other method is told so. */
  const route = (path: string, methods: Readonly<Partial<Record<'GET' | 'POST', Handler>>>): void => {
    const allowed = Object.keys(methods)
      .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
      .join(', ');
    app.all(path, (context) => {
      context.set('route', path);
      const { method } = context.req;
      const handler = methods[(method === 'HEAD' ? 'GET' : method) as 'GET' | 'POST'];
      return handler
        ? handler(context)
        : problem(context, { code: 'verifier/method', params: { method: method.slice(0, 16), allowed } }, { allow: allowed });
    });
  };

  route('/v1/requests', {
    POST: async (context) => {
      const read = await body(context, orderBody);
      const placed = read.ok ? await placeOrder(services, read.value.order) : read;
      if (!placed.ok) return problem(context, placed.error);
      const { created, ...answered } = placed.value;
      return answer(context, ok(answered), created ? 201 : 200, { location: `/v1/requests/${answered.id}` });
    },
  });

  route('/v1/requests/:id', {
    GET: async (context) => {
      const found = await findRequest(services, context.req.param('id') ?? '');
      return answer(context, found.ok ? ok({ status: statusOf(found.value, services.clock()), request: found.value.jws }) : found);
    },
  });

  route('/v1/requests/:id/proof', {
    POST: async (context) => {
      const id = context.req.param('id') ?? '';
      const found = await findRequest(services, id);
      const read = await body(context, z.unknown(), found.ok ? proofBytes(found.value.request) : limits.proofBytes);
      return answer(context, read.ok ? await answerRequest(services, id, read.value) : read);
    },
  });

  route('/v1/requests/:id/verdict', {
    GET: async (context) =>
      answer(context, await readVerdict(services, context.req.param('id') ?? '', context.req.header('authorization'))),
  });

  route('/v1/verify', {
    POST: async (context) => {
      const { transparent } = services.verifiers;
      const read = await body(context, verifyBody, limits.bodyBytes + (transparent?.proofText ?? 0));
      return answer(context, read.ok ? await checkProof(services, read.value.request, read.value.proof) : read);
    },
  });

  route('/v1/faces', {
    GET: async (context) => answer(context, await describeFaces(services)),
    POST: async (context) => {
      const read = await body(context, z.unknown(), limits.faceProofBytes);
      return answer(context, read.ok ? await enrolFace(services, read.value) : read, 201);
    },
  });

  route('/v1/faces/revocations', {
    POST: async (context) => {
      const read = await body(context, z.unknown());
      return answer(context, read.ok ? await revokeFace(services, read.value) : read);
    },
  });

  route('/v1/registrar/attestations', {
    POST: async (context) => {
      const read = await body(context, z.unknown());
      return answer(context, read.ok ? await demoAttestation(services, read.value) : read, 201);
    },
  });

  route('/v1/registries/:id', {
    GET: async (context) => answer(context, await registryState(services, context.req.param('id') ?? '')),
  });

  route('/v1/registries/:id/leaves', {
    GET: async (context) => {
      const leaves = await registryLeaves(services, context.req.param('id') ?? '', context.req.query('from'), context.req.query('to'));
      if (!leaves.ok) return problem(context, leaves.error);
      // What a registry holds in a place never changes, so a piece may be kept for ever, by anybody.
      const headers = { 'content-type': 'application/octet-stream', 'cache-control': 'public, max-age=31536000, immutable' };
      return new Response(leaves.value as Uint8Array<ArrayBuffer>, { headers });
    },
    POST: async (context) => {
      const read = await body(context, z.unknown());
      return answer(context, read.ok ? await pushLeaves(services, context.req.param('id') ?? '', read.value) : read, 201);
    },
  });

  const demo = services.issuers.get(DEMO_ISSUER_ID);
  /** What the app's first steps link to. `partner` is absent where there is no demo. */
  route('/v1/demo', { GET: (context) => answer(context, ok(services.demoPartner === undefined ? {} : { partner: services.demoPartner })) });
  route('/v1/issuer', {
    GET: (context) => answer(context, demo ? ok(describeIssuer(demo, services.applicants)) : err('issuer/disabled')),
  });
  route('/v1/issuer/credentials', {
    POST: async (context) => {
      if (demo === undefined) return problem(context, { code: 'issuer/disabled' });
      const read = await body(context, issueBody);
      return answer(context, read.ok ? await issueAndRegister(services, read.value) : read, 201);
    },
  });

  route('/.well-known/jwks.json', {
    GET: () =>
      Response.json(keys.jwks, { headers: { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=300' } }),
  });

  route('/healthz', {
    GET: async (context) => {
      try {
        await services.store.ping();
        return answer(context, ok({ status: 'ok' }));
      } catch (error) {
        log.error(traceOf(error), 'the store does not answer');
        return problem(context, { code: 'verifier/unavailable' });
      }
    },
  });

  app.get('*', (context) => {
    const { path } = context.req;
    const file = services.files.get(path) ?? (isAppRoute(path) ? services.files.index : undefined);
    if (file === undefined) return problem(context, { code: 'verifier/not-found' });
    context.set('route', file === services.files.index ? 'app' : 'file');
    return serveFile(context.req.raw, file);
  });

  app.notFound((context) => problem(context, { code: 'verifier/not-found' }));
  app.onError((error, context) => {
    if (error instanceof StoreBusyError) return problem(context, { code: 'verifier/busy', params: { seconds: RETRY_AFTER_SECONDS } });
    log.error(traceOf(error), 'unexpected error');
    return problem(context, { code: 'internal/error' });
  });
  return app;
}

/** Paths of pages: no dot in them, and none of the places that belong to machines. */
const isAppRoute = (path: string): boolean => !/\.|^\/(?:v1|bundles|assets|healthz)(?:\/|$)/.test(path);
