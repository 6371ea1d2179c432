import { errorCodes, errorStatus, errorTemplate, ok, type Result } from '../base/index.ts';
import { type Options, readArguments, usage } from './arguments.ts';
import type { Outcome } from './outcome.ts';

export const options = { markdown: { type: 'boolean' }, json: { type: 'boolean' } } satisfies Options;

/** `tacit errors`: the catalogue of everything that can go wrong. */
export async function errors(args: readonly string[]): Promise<Result<Outcome>> {
  const read = readArguments(args, options);
  if (!read.ok) return read;
  if (read.value.positionals.length > 0) return usage('tacit errors takes no word');
  const catalogue = errorCodes.map((code) => ({ code, status: errorStatus(code), sentence: errorTemplate(code) }));
  const text = read.value.flag('markdown')
    ? errorsMarkdown().trimEnd()
    : catalogue.map(({ code, sentence }) => `${code}\n    ${sentence}`).join('\n');
  return ok({ exit: 0, json: { result: 'listed', errors: catalogue }, text });
}

/** docs/errors.md. */
export function errorsMarkdown(): string {
  const families = [...new Set(errorCodes.map((code) => code.split('/')[0] as string))];
  const row = (code: (typeof errorCodes)[number]): string =>
    `| \`${code}\` | ${errorStatus(code)} | ${errorTemplate(code).replaceAll('|', '\\|')} |`;
  const table = (family: string): string =>
    [
      `## ${family}`,
      '',
      '| code | HTTP | sentence |',
      '|---|---|---|',
      ...errorCodes.filter((code) => code.startsWith(`${family}/`)).map(row),
    ].join('\n');
  return `${[
    '# What can go wrong',
    [
      'The closed catalogue of errors, the same in the app, the verifier and the command line. The verifier answers with the HTTP status and',
      '[RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem details that carry `code` and `params`; `tacit` writes the sentence and the',
      'code; the app shows the sentence in the person’s language. `{name}` stands for a value of `params`.',
    ].join('\n'),
    'Made from `src/base/errors.ts` by `npx tacit errors --markdown > docs/errors.md`; a test compares the two.',
    ...families.map(table),
  ].join('\n\n')}\n`;
}
