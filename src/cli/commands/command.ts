import type { Result } from '../../base/index.ts';
import type { Io, Outcome } from '../outcome.ts';

/** A command of the model tools: its name, its page of help, and what it does. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly help: string;
  readonly run: (args: readonly string[], io: Io) => Promise<Result<Outcome>>;
}
