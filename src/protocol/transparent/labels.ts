// SPDX-License-Identifier: Apache-2.0
import { headerBytes, type Statement } from './header.ts';
import { innerBits, maskLength, type Plan } from './plan.ts';
import type { TranscriptEntry } from './transcript.ts';

/**
 * Every absorb and every draw of a proof, in order: the inventory of Fiat-Shamir call sites. Prover and verifier follow it by
 * hand; a test compares their recorded logs with this list, so that a message cannot be forgotten or drawn past.
 */
export function transcriptScript(plan: Plan, statement: Statement): readonly TranscriptEntry[] {
  const { pads, parameters } = plan;
  const script: TranscriptEntry[] = [];
  const add = (label: string, kind: TranscriptEntry['kind'], count: number): void => void script.push({ label, kind, count });
  const header = headerBytes(plan, statement).length;
  add('header', 'bytes', header);
  add('root', 'hash', 1);
  add('header', 'bytes', header);
  add('program length', 'zeros', plan.programBytes);
  add('lookup grinding', 'challengeSeed', 1);
  add('nonce lookup', 'word', 1);
  if (pads.join !== undefined) {
    add('beta', 'challengeExt', 1);
    add('alpha', 'challengeExt', 1);
  }
  if (pads.zeroCheck !== undefined) {
    add('zero point', 'challengeExt', pads.zeroCheck.rounds.length);
    pads.zeroCheck.rounds.forEach(() => {
      add('zero rounds', 'ext', 2);
      add('zero round', 'challengeExt', 1);
    });
    add('zero ends', 'ext', 3);
  }
  if (pads.join !== undefined) add('tree roots', 'ext', 4);
  for (const tree of ['lookup', 'table'] as const)
    pads[tree].forEach(({ rounds, p }, k) => {
      add(`${tree} lambda`, 'challengeExt', 1);
      rounds.forEach(() => {
        add(`${tree} rounds ${k}`, 'ext', 2);
        add(`${tree} round`, 'challengeExt', 1);
      });
      add(`${tree} ends ${k}`, 'ext', p === undefined ? 2 : 4);
      add(`${tree} tau`, 'challengeExt', 1);
    });
  if (pads.responses > 0) {
    add('chi', 'challengeExt', 1);
    add('responses', 'ext', pads.responses);
  }
  if (plan.equalitySpace !== undefined) add('equality point', 'challengeExt', plan.equalitySpace.bits);
  add('gamma', 'challengeExt', 1);
  for (let i = 0; i < innerBits(parameters); i++) {
    add('inner rounds', 'ext', 2);
    add('inner round', 'challengeExt', 1);
  }
  add('mask product', 'ext', 1);
  add('c', 'challengeExt', 1);
  add('row', 'ext', 2 ** parameters.rowLengthBits + parameters.queries);
  add('pad mask product', 'ext', 1);
  add("c'", 'challengeExt', 1);
  add('pad row', 'ext', maskLength(parameters));
  add('query grinding', 'challengeSeed', 1);
  add('nonce query', 'word', 1);
  add('queries', 'challengePositions', parameters.queries);
  return script;
}
