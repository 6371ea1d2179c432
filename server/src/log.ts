// SPDX-License-Identifier: Apache-2.0
import pino, { type DestinationStream, type Logger } from 'pino';
import { InvariantError } from '../../src/base/index.ts';
import { StoreBusyError } from './store/index.ts';

export type { Logger };

/**
 * One JSON line an event. What may be logged is decided here and in app.ts: method, route pattern, status, code, duration. Never a
 * body, a token, an address, a nullifier, or a path that a stranger made up.
 */
export const openLog = (level: string, destination?: DestinationStream): Logger =>
  pino({ level, base: { service: 'tacit-verifier' }, timestamp: pino.stdTimeFunctions.isoTime }, destination ?? pino.destination(1));

/** Errors of our own, whose messages we wrote; any other message could quote the input. */
const spoken = (error: Error): boolean => error instanceof InvariantError || error instanceof StoreBusyError;

/** What of an unexpected error may be written down: its name, its code, and where it came from. */
export function traceOf(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { name: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    name: error.name,
    ...('code' in error ? { code: String(error.code) } : {}),
    ...(spoken(error) ? { message: error.message } : {}),
    frames: frames.slice(0, 8).map((line) => line.trim()),
  };
}
