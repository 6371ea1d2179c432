// SPDX-License-Identifier: Apache-2.0
import { html, raw } from 'hono/html';
import type { AnyVerdict, FaceVerdict, Verdict } from '../../../src/protocol/index.ts';

/** What is known about one check. */
export type State =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'accepted'; readonly verdict: AnyVerdict }
  /** A proof was accepted, and this visitor has not brought its code. */
  | { readonly kind: 'unproved' }
  /** Not the visitor who asked. */
  | { readonly kind: 'stranger' }
  | { readonly kind: 'rejected'; readonly verdict: AnyVerdict; readonly open: boolean }
  | { readonly kind: 'expired' }
  | { readonly kind: 'trouble'; readonly sentence: string };

type Html = ReturnType<typeof html>;

const lighthouse = raw(
  '<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false"><path d="M13 10h6l2 16H11z"/><path d="M12 6h8v4h-8z"/><path d="M4 4l7 3-7 3zM28 4l-7 3 7 3z" class="beam"/><path d="M4 28q4-3 8 0t8 0 8 0" class="wave"/></svg>',
);

const layout = (title: string, body: Html, script: Html | '' = '') => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title} · Harbour Loans (demo)</title>
    <link rel="icon" href="/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/harbour.css">
    ${script}
  </head>
  <body>
    <a class="skip" href="#main">Skip to content</a>
    <header>
      <p class="ribbon">A demonstration: Harbour Loans is not a real lender and offers no loans.</p>
      <a class="brand" href="/">${lighthouse}<span>Harbour Loans <small>(demo)</small></span></a>
    </header>
    <main id="main">${body}</main>
    <footer><p>This page runs on its own server with its own key. All it ever receives is a signed verdict.</p></footer>
  </body>
</html>`;

export const homePage = () =>
  layout(
    'Check your eligibility',
    html`<h1>Find out if we can lend to you. <em>Keep your papers.</em></h1>
      <p class="lead">Other lenders ask for your income, your debts and your history first. We ask for one answer: does your score pass?</p>
      <form method="post" action="/check">
        <p><button type="submit">Check my eligibility privately</button></p>
        <p class="small">You will be taken to Tacit, which works out the answer on your own device and sends us a proof of it.</p>
        <h2>Or without any keys</h2>
        <p>Our proofs are short, and rest on keys that somebody made once. There is a longer kind that rests on nobody’s keys. It is newer, and nobody outside has reviewed it yet. You can check once a day with each.</p>
        <p><button class="plain" type="submit" formaction="/check/keyless">Check without keys</button></p>
      </form>
      <div class="columns">
        <section aria-labelledby="learn"><h2 id="learn">What we learn</h2>
          <ul><li>Whether your score reaches our threshold</li><li>Who vouched for the figures behind it</li><li>A mark that stops the same wallet from answering twice in a day</li></ul>
        </section>
        <section aria-labelledby="never"><h2 id="never">What we never see</h2>
          <ul><li>Your income, debts, age or job</li><li>Your score</li><li>Why no answer came, if none does</li></ul>
        </section>
      </div>
      <p class="small">Rather not? <a href="/documents">Apply with documents</a> and get the same offer.</p>
      <h2>A customer already?</h2>
      <p>Sign your contract from here: show that you are the person who enrolled. We get no picture and nothing measured of your face.</p>
      <form method="post" action="/sign"><button type="submit">Sign with my face, privately</button>
        <p><label><input type="checkbox" name="registered" value="yes"> A large sum: only a face that the town registrar vouches for</label></p></form>
      <p class="small">Rather not? <a href="/documents">Sign at our desk</a>.</p>`,
  );

export const messagePage = (title: string, sentence: string, back: string) =>
  layout(title, html`<h1>${title}</h1><p class="lead">${sentence}</p><p><a href="${back}">Go on</a></p>`);

export interface ResultContext {
  readonly policy: { readonly threshold: number; readonly meaning: string };
  /** Where the person goes on with an open check. */
  readonly continueUrl: string;
}

/** The page keeps asking its own server while `data-poll` stands, and puts the new #result in place of the old. */
export const resultPage = (state: State, context: ResultContext) =>
  layout(
    titleOf(state),
    html`<div id="result" aria-live="polite" ${isOpen(state) ? raw('data-poll="2000"') : ''} data-state="${state.kind}">${resultOf(state, context)}</div>`,
    html`<script type="module" src="/poll.js"></script>${isOpen(state) ? html`<noscript><meta http-equiv="refresh" content="5"></noscript>` : ''}`,
  );

const isOpen = (state: State): boolean => /^(?:waiting|trouble|unproved)$/.test(state.kind) || (state.kind === 'rejected' && state.open);

const titles: Readonly<Record<State['kind'], string>> = {
  waiting: 'Waiting for your proof',
  accepted: 'You are eligible',
  unproved: 'We cannot tell that it was you',
  stranger: 'We cannot tell that it was you',
  rejected: 'That proof did not hold',
  expired: 'No proof came in time',
  trouble: 'We cannot ask the verifier',
};
const titleOf = (state: State): string =>
  isRepeat(state)
    ? 'You have answered today'
    : state.kind === 'accepted' && state.verdict.statement === 'face-match'
      ? 'Signed'
      : titles[state.kind];
/** A good proof, of a wallet that has answered in this scope before. */
const isRepeat = (state: State): boolean => state.kind === 'rejected' && state.verdict.reason === 'nullifier/used';

function resultOf(state: State, { policy, continueUrl }: ResultContext): Html {
  const goOn = html`<p><a class="button" href="${continueUrl}">Go on in Tacit</a></p>`;
  const again = html`<p><a class="button" href="/">Start again</a></p>`;
  switch (state.kind) {
    case 'waiting':
      return html`<h1>${titleOf(state)}</h1><p class="lead">Nothing has arrived yet. This page notices by itself when it does.</p>${goOn}`;
    case 'expired':
      return html`<h1>${titleOf(state)}</h1><p class="lead">We do not know why, and we do not need to.</p>${again}`;
    case 'unproved':
      return html`<h1>${titleOf(state)}</h1>
        <p class="lead">A proof was accepted for this check, but this browser has not shown that it sent it. If you did, go back to Tacit and choose “Return to” us there. If you sent the link to somebody else, their answer does not count for you.</p>
        <p><a class="button" href="${continueUrl}">Back to Tacit</a></p>${again}`;
    case 'stranger':
      return html`<h1>${titleOf(state)}</h1>
        <p class="lead">This check was not begun in this browser, so whatever was proved is not counted for anybody here. Ask again from this browser if you want an answer.</p>${again}`;
    case 'trouble':
      return html`<h1>${titleOf(state)}</h1><p class="lead">${state.sentence} This page keeps trying.</p>`;
    case 'rejected':
      if (isRepeat(state))
        return html`<h1>${titleOf(state)}</h1><p class="lead">This wallet has already sent a proof today. You can check once a day.</p>${again}`;
      return html`<h1>${titleOf(state)}</h1>
        <p class="lead">A proof arrived and the verifier refused it (<code>${state.verdict.reason}</code>). It says nothing about you.</p>
        ${state.open ? html`<p>You can still send another.</p>${goOn}` : again}`;
    case 'accepted':
      if (state.verdict.statement === 'face-match') return signed(state.verdict);
      return html`<h1><span class="tick" aria-hidden="true">✓</span> ${titleOf(state)}</h1>
        <p class="lead">Your score reaches our threshold. We have not seen the score.</p>
        ${warningOf(state.verdict)}
        <h2>What we learned</h2>
        <dl>
          <div><dt>Score</dt><dd>at least ${policy.threshold} in the model’s own units. ${policy.meaning}</dd></div>
          <div><dt>Vouched for by</dt><dd>${state.verdict.issuer.name} (${assuranceOf(state.verdict)})</dd></div>
          <div><dt>Your mark for today</dt><dd><code>${state.verdict.nullifier?.slice(0, 12)}…</code>, which nobody can link to your mark anywhere else</dd></div>
          <div><dt>Model</dt><dd><code>${state.verdict.model.slice(0, 12)}…</code></dd></div>
          <div><dt>How it was proven</dt><dd>${proofOf(state.verdict)}</dd></div>
          <div><dt>Signed by</dt><dd>${state.verdict.iss}; we checked the signature</dd></div>
        </dl>
        <h2>What we did not learn</h2>
        <p>Your income, debts, assets, age, job, home, family, or the score itself. They never left your device for us.</p>
        <p><a class="button" href="/">Back to the start</a></p>`;
  }
}

/** Who could have cheated, said where the good news stands. */
function warningOf({ issuer, keys }: Verdict): Html | '' {
  if (!issuer.demo && keys !== 'development') return '';
  return html`<div class="warning" role="note"><h2>Only a demonstration</h2><ul>
    ${issuer.demo ? html`<li>The issuer’s key is published, so anybody could have made this credential.</li>` : ''}
    ${keys === 'development' ? html`<li>The proving keys come from a development ceremony: whoever ran it could forge proofs.</li>` : ''}
  </ul><p>A real lender would refuse ${issuer.demo && keys === 'development' ? 'both' : 'it'}.</p></div>`;
}

const proofOf = ({ system, soundnessBits }: Verdict): string =>
  system === 'transparent' ? `without any keys, with ${soundnessBits} bits of soundness` : 'in a short proof, with published keys';

const assuranceOf = ({ assurance }: Verdict): string =>
  ({ 'demo-attested': 'demonstration only', 'issuer-attested': 'an issuer we accept', 'self-asserted': 'nobody but you' })[assurance];

/** What an accepted face is worth to a partner, said where the good news stands. */
const signed = ({
  assurance,
  shows,
  attacks,
  policy,
  nullifier,
  registrar,
  model,
  iss,
}: FaceVerdict): Html => html`<h1><span class="tick" aria-hidden="true">✓</span> Signed</h1>
  <p class="lead">You are the person who enrolled, as far as a face network can tell. We have not seen your face.</p>
  <div class="warning" role="note"><h2>What this shows</h2><ul><li>${shows}</li><li>Attacks with pictures: ${attacks}.</li></ul></div>
  <h2>What we learned</h2>
  <dl>
    <div><dt>Face</dt><dd>at least ${(policy.threshold / 4096).toFixed(2)} alike, on a scale from 0 to 1</dd></div>
    <div><dt>Assurance</dt><dd>${assurance === 'enrolled' ? 'enrolled: nobody looked at a document' : `${assurance}: ${registrar}`}</dd></div>
    <div><dt>Your mark for today</dt><dd><code>${nullifier?.slice(0, 12)}…</code>, which nobody can link to your mark anywhere else</dd></div>
    <div><dt>Network</dt><dd><code>${model.slice(0, 12)}…</code></dd></div>
    <div><dt>Signed by</dt><dd>${iss}; we checked the signature</dd></div>
  </dl>
  <h2>What we did not learn</h2>
  <p>Any picture of you, anything measured of your face, or which enrolment is yours.</p>
  <p><a class="button" href="/">Back to the start</a></p>`;
