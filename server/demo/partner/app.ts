// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Context, Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { type ProofSystem, RETURN_PARAMETER } from '../../../src/protocol/index.ts';
import { homePage, messagePage, resultPage, type State } from './page.ts';
import { type Partner, type Question, VerifierError } from './partner.ts';

export interface ShopOptions {
  readonly partner: Partner;
  readonly origin: string;
  readonly verifier: string;
  /** The threshold in the units of the model's score, and what it means in words. */
  readonly policy: { readonly threshold: number; readonly meaning: string };
  /** For faces: parts in 4096 of a cosine of 1. */
  readonly facePolicy: { readonly threshold: number };
  readonly clock: () => Date;
}

/** One question that was asked; in memory, as the demo keeps nothing. */
interface Asked {
  readonly id: string;
  readonly url: string;
  /** Of the visitor who pressed the button: nobody else sees what came of it. */
  readonly session: string;
  /** The `tacit_code` that this visitor brought last. */
  code?: string;
  /** That code was the right one: another changes nothing any more. */
  credited?: true;
}
const SESSION = 'harbour_session';
const MAX_ASKED = 1000;

const asset = (name: string): string => readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');

/** A lender's web site: a page that asks, a page that shows what came of it. */
export function createShop({ partner, origin, verifier, policy, facePolicy, clock }: ShopOptions): Hono {
  const app = new Hono();
  const asked = new Map<string, Asked>();
  const files = new Map([
    ['/harbour.css', { type: 'text/css; charset=utf-8', text: asset('harbour.css') }],
    ['/icon.svg', { type: 'image/svg+xml', text: asset('icon.svg') }],
    ['/poll.js', { type: 'text/javascript; charset=utf-8', text: asset('poll.js') }],
  ]);

  app.use(async (context, next) => {
    await next();
    // The form's answer leads to the verifier, so its origin stands in form-action too.
    const contentPolicy = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self' ${verifier}; base-uri 'none'; frame-ancestors 'none'`;
    context.header('content-security-policy', contentPolicy);
    // The app compares where a person came from with the origin in the request, so the origin (alone) must be told.
    context.header('referrer-policy', 'strict-origin-when-cross-origin');
    context.header('x-content-type-options', 'nosniff');
    context.header('cross-origin-opener-policy', 'same-origin');
    context.header('cache-control', 'no-store');
  });

  const sessionOf = (context: Context): string | undefined => getCookie(context, SESSION);
  /** One for each check, and for its page alone: no other page of this host is told it, on whatever port. */
  const beginSession = (context: Context, path: string): string => {
    const session = randomBytes(16).toString('hex');
    setCookie(context, SESSION, session, { httpOnly: true, sameSite: 'Lax', secure: origin.startsWith('https:'), path });
    return session;
  };

  app.get('/', (context) => context.html(homePage()));
  app.get('/healthz', (context) => context.json({ status: 'ok' }));

  // Two buttons, so that both proof systems can be seen. A scope belongs to the system it was first answered in, so each has its own; a
  // real lender decides for one, and keeps one scope.
  const eligibility = (context: Context, system: ProofSystem): Promise<Response> =>
    asks(context, {
      statement: 'credit-score',
      system,
      policy: { threshold: policy.threshold },
      // Once a day for each person; another day is another scope, and cannot be linked to this one.
      scope: `eligibility-${today()}${system === 'transparent' ? '-keyless' : ''}`,
      purpose: 'To see whether we can offer you a loan, before you apply.',
      retentionDays: 30,
      alternative: { label: 'Apply with documents at our desk', url: `${origin}/documents` },
    });
  app.post('/check', (context) => eligibility(context, 'groth16'));
  app.post('/check/keyless', (context) => eligibility(context, 'transparent'));

  app.post('/sign', async (context) => {
    const { registered } = await context.req.parseBody();
    return asks(context, {
      statement: 'face-match',
      policy: { threshold: facePolicy.threshold },
      ...(registered === 'yes' ? { registrar: 'demo' } : {}),
      scope: registered === 'yes' ? `registered-signature-${today()}` : `signature-${today()}`,
      purpose: 'To sign your contract as the person who enrolled, without a visit.',
      retentionDays: 30,
      alternative: { label: 'Sign at our desk', url: `${origin}/documents` },
    });
  });

  const today = (): string => clock().toISOString().slice(0, 10);
  async function asks(context: Context, question: Question): Promise<Response> {
    if (context.req.header('origin') !== origin)
      return context.html(messagePage('Please start again', `This form works at ${origin} alone.`, origin), 403);
    const reference = randomBytes(16).toString('hex');
    try {
      const { id, url } = await partner.ask({ ...question, returnUrl: `${origin}/result/${reference}` });
      asked.set(reference, { id, url, session: beginSession(context, `/result/${reference}`) });
      for (const oldest of asked.keys()) if (asked.size > MAX_ASKED) asked.delete(oldest);
      return context.redirect(url, 303);
    } catch (error) {
      return context.html(messagePage('We could not ask', sentenceOf(error), '/'), 503);
    }
  }

  app.get('/result/:reference', async (context) => {
    const entry = asked.get(context.req.param('reference'));
    if (entry === undefined)
      return context.html(messagePage('We do not know this check', 'It is over, or our demo was restarted since.', '/'), 404);
    // Whoever comes without the session that asked is told nothing, and brings nothing: a code in another's browser is no use.
    if (sessionOf(context) !== entry.session)
      return context.html(resultPage({ kind: 'stranger' }, { policy, continueUrl: entry.url }), 403);
    const code = context.req.query(RETURN_PARAMETER);
    if (code !== undefined) {
      if (!entry.credited) entry.code = code;
      // Out of the address: it stays in no history and no referrer, and a reload does not send it again.
      return context.redirect(context.req.path, 303);
    }
    const state = await stateOf(partner, entry);
    return context.html(resultPage(state, { policy, continueUrl: entry.url }));
  });

  app.get('/documents', (context) =>
    context.html(
      messagePage(
        'Apply with documents',
        'At a real lender you would upload or bring your documents here. The result would be the same offer.',
        '/',
      ),
    ),
  );

  app.get('*', (context) => {
    const file = files.get(context.req.path);
    return file === undefined ? context.notFound() : context.body(file.text, 200, { 'content-type': file.type });
  });
  app.notFound((context) => context.html(messagePage('Nothing here', 'This page does not exist.', '/'), 404));
  app.onError((error, context) => {
    console.error(`partner: ${error.name}`);
    return context.html(
      messagePage('A fault of this demo', 'This page cannot be shown. Its log says where the fault is; report it.', '/'),
      500,
    );
  });
  return app;
}

/** What the page shows; a verifier that does not answer is a state too, and the page asks again. */
async function stateOf(partner: Partner, entry: Asked): Promise<State> {
  try {
    const { status, verdict, byVisitor } = await partner.verdict(entry.id, entry.code);
    if (byVisitor) entry.credited = true;
    if (verdict.result === 'accepted') return byVisitor ? { kind: 'accepted', verdict } : { kind: 'unproved' };
    return { kind: 'rejected', verdict, open: status === 'open' };
  } catch (error) {
    if (!(error instanceof VerifierError)) return { kind: 'trouble', sentence: sentenceOf(error) };
    if (error.code === 'verdict/pending') return { kind: 'waiting' };
    return error.code === 'request/expired' ? { kind: 'expired' } : { kind: 'trouble', sentence: error.message };
  }
}

const sentenceOf = (error: unknown): string =>
  error instanceof VerifierError ? error.message : 'The verifier does not answer. Try again in a moment.';
