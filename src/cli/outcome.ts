import { type ErrorCode, errorSentence, type TacitError } from '../base/index.ts';

/** What a command has to say: for a program (`--json`) and for a person. */
export interface Outcome {
  readonly exit: 0 | 1;
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Where a command speaks and what it takes from its surroundings; tests bring their own. */
export interface Io {
  /** Results, on stdout. */
  out(text: string): void;
  /** Progress and errors, on stderr. */
  err(text: string): void;
  /** A person watches stderr: progress may rewrite its line. */
  readonly tty: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Unix seconds. */
  now(): number;
}

/** Errors of the call or of this installation; all others are about what a file says. */
const BAD_USE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'cli/usage',
  'cli/file',
  'bundle/missing',
  'bundle/malformed',
  'bundle/hash-mismatch',
  'key/unsafe',
  'device/unsupported',
  'device/memory',
  'proof/self-check',
  'prove/memory',
  'worker/died',
  'internal/error',
]);

/** 1: what was given is refused, or no proof can be made of it. 2: bad use, or this installation cannot do the work. */
export const exitOf = (code: ErrorCode): 1 | 2 => (BAD_USE.has(code) ? 2 : 1);

export const errorJson = ({ code, params }: TacitError) => ({
  code,
  ...(params === undefined ? {} : { params }),
  sentence: errorSentence({ code, ...(params === undefined ? {} : { params }) }),
});
