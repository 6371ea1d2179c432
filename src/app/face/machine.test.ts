import { describe, expect, it } from 'vitest';
import type { Shot } from '../../client/index.ts';
import type { Guidance } from '../../face/index.ts';
import { type Event, next, type Stage, start } from './machine.ts';

const shot = (id: number, said: Guidance = 'good'): Shot => ({ id, said, ms: 1, measures: { faces: 1, spread: 50 } });
const likeness = { similarity: 0.7, backend: 'wasm', ms: 3 } as const;
const reached = (...events: readonly Event[]): Stage => events.reduce(next, start);
const begin: Event = { type: 'begin', source: 'camera' };
const opened: Event = { type: 'opened' };
const error = { code: 'photo/no-face' } as const;

describe('the way through the camera', () => {
  it('takes three taps: start, picture, picture', () => {
    expect(reached(begin, opened, { type: 'taken', shot: shot(1) }, { type: 'taken', shot: shot(2) })).toMatchObject({
      step: 'comparing',
      first: { id: 1 },
      second: { id: 2 },
    });
  });
  it('asks before a picture that could be better is used, and forgets one that is taken again', () => {
    const advised = reached(begin, opened, { type: 'taken', shot: shot(1, 'dark') });
    expect(advised.step).toBe('advice');
    expect(next(advised, { type: 'use' })).toMatchObject({ step: 'taking', first: { id: 1 } });
    expect(next(advised, { type: 'retake' })).toMatchObject({ step: 'taking', first: undefined });
  });
  it('stays where it is when a picture cannot be used, and says why until the next one', () => {
    const refused = reached(begin, opened, { type: 'taken', shot: shot(1) }, { type: 'refused', error });
    expect(refused).toMatchObject({ step: 'taking', first: { id: 1 }, error });
    expect(next(refused, { type: 'source', source: 'file' })).toEqual({ step: 'taking', source: 'file', first: shot(1) });
  });
  it('goes back to the beginning with the reason when it cannot be opened, or is left', () => {
    expect(reached(begin, { type: 'refused', error })).toEqual({ step: 'intro', error });
    expect(reached(begin, opened, { type: 'leave' })).toEqual({ step: 'intro' });
    expect(reached(begin, opened, { type: 'leave', error })).toEqual({ step: 'intro', error });
  });
  it('compares again when that failed, and begins anew after a result', () => {
    const comparing = reached(begin, opened, { type: 'taken', shot: shot(1) }, { type: 'taken', shot: shot(2) });
    const failed = next(comparing, { type: 'refused', error });
    expect(failed.step).toBe('failed');
    expect(next(failed, { type: 'compare-again' })).toEqual(comparing);
    const result = next(comparing, { type: 'compared', likeness });
    expect(result).toMatchObject({ step: 'result', likeness });
    expect(next(result, begin)).toEqual({ step: 'taking', source: 'camera', first: undefined });
  });
  it('does not move for what comes too late', () => {
    for (const late of [opened, { type: 'taken', shot: shot(3) }, { type: 'compared', likeness }, { type: 'use' }] as const)
      expect(next(start, late)).toBe(start);
    const comparing = reached(begin, opened, { type: 'taken', shot: shot(1) }, { type: 'taken', shot: shot(2) });
    expect(next(comparing, { type: 'taken', shot: shot(3) })).toBe(comparing);
  });
});
