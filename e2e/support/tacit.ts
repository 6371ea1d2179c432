import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Said {
  readonly exit: number;
  readonly result: string;
  readonly outputs?: readonly { readonly values: readonly number[] }[];
  readonly error?: { readonly code: string };
}
/** The command line, in a process of its own. */
export const tacit = (...args: readonly string[]): Promise<Said> =>
  new Promise((settled) =>
    execFile(process.execPath, ['src/cli/tacit.mjs', ...args, '--json'], { cwd: root }, (failed, out) =>
      settled({ exit: failed === null ? 0 : Number(failed.code), ...(JSON.parse(out) as Omit<Said, 'exit'>) }),
    ),
  );
