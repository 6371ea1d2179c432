import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../base/index.ts';
import type { DeviceReport, Proved } from '../../client/index.ts';
import type { CredentialRecord } from '../../vault/index.ts';
import { advance, type FlowEvent, type FlowState, flowPlace, flowSteps, initialFlow, isFinal, remedy } from './machine.ts';

// The machine hands these on and never looks inside.
const record = { id: 'r' } as CredentialRecord;
const device = { proofMs: 1 } as DeviceReport;
const proved = { nullifier: 'n' } as Proved;
const accepted = { state: 'accepted' } as const;
const queued = { state: 'queued', reason: { code: 'network/offline' } } as const;

const way: FlowEvent[] = [
  { type: 'consent' },
  { type: 'choose', record },
  { type: 'device-ready', device },
  { type: 'prove' },
  { type: 'proved', proved },
  { type: 'submitted', outcome: accepted },
];
const walk = (events: readonly FlowEvent[], from: FlowState = initialFlow): FlowState => events.reduce(advance, from);
const allEvents: FlowEvent[] = [...way, { type: 'decline' }, { type: 'another-credential' }, { type: 'again' }, { type: 'expire' }];

describe('the flow', () => {
  it('goes from consent to done in the order shown', () => {
    const places = way.map((_, at) => flowPlace(walk(way.slice(0, at))));
    expect(places).toEqual(flowSteps.map((_, at) => at));
    expect(walk(way)).toEqual({ step: 'done', proved, outcome: accepted });
    expect(flowPlace(walk(way))).toBe(flowSteps.length);
  });
  it('never skips: an event of another step changes nothing', () => {
    for (let at = 0; at < way.length; at++) {
      const here = walk(way.slice(0, at));
      for (const [other, event] of way.entries()) if (other !== at) expect(advance(here, event)).toBe(here);
    }
  });
  it('can be declined or expire at any step before the end, and then stays so', () => {
    for (let at = 0; at < way.length; at++) {
      const here = walk(way.slice(0, at));
      for (const type of ['decline', 'expire'] as const) {
        const ended = advance(here, { type });
        expect(isFinal(ended)).toBe(true);
        for (const event of allEvents) expect(advance(ended, event)).toBe(ended);
      }
    }
  });
  it('goes back to the credentials from preview and proof alone', () => {
    const back = { type: 'another-credential' } as const;
    const steps = way.map((_, at) => walk(way.slice(0, at))).filter((state) => advance(state, back) !== state);
    expect(steps.map(({ step }) => step)).toEqual(['preview', 'proof']);
  });
  it('goes back after a refused proof, to make a fresh one or to choose another credential', () => {
    const outcome = { state: 'refused', error: { code: 'proof/invalid' } } as const;
    const refused = walk([...way.slice(0, -1), { type: 'submitted', outcome }]);
    expect(advance(refused, { type: 'again' })).toEqual({ step: 'credential', asked: false });
    expect(advance(refused, { type: 'another-credential' })).toEqual({ step: 'credential', asked: true });
    for (const state of [...way.keys()].map((at) => walk(way.slice(0, at)))) expect(advance(state, { type: 'again' })).toBe(state);
  });
  it('turns a queued proof into a sent one, and never an accepted one into anything', () => {
    const waiting = walk([...way.slice(0, -1), { type: 'submitted', outcome: queued }]);
    expect(advance(waiting, { type: 'submitted', outcome: accepted })).toEqual({ step: 'done', proved, outcome: accepted });
    const done = walk(way);
    expect(advance(done, { type: 'submitted', outcome: queued })).toBe(done);
  });
});

describe('remedy', () => {
  it('has an answer for every code', () => {
    for (const code of errorCodes) expect(['retry', 'new-request', 'credential', 'leave', 'device']).toContain(remedy({ code }));
  });
  it('never tells to go on after a forged or foreign request', () => {
    expect(remedy({ code: 'request/signature' })).toBe('leave');
    expect(remedy({ code: 'request/origin-mismatch' })).toBe('leave');
    expect(remedy({ code: 'request/expired' })).toBe('new-request');
    expect(remedy({ code: 'worker/died' })).toBe('retry');
    for (const code of ['internal/error', 'proof/self-check'] as const) expect(remedy({ code })).toBe('leave');
    expect(remedy({ code: 'policy/not-met' })).toBe('credential');
  });
});
