import { type ParseArgsConfig, parseArgs } from 'node:util';
import { err, ok, type Result } from '../base/index.ts';

export type Options = NonNullable<ParseArgsConfig['options']>;

export interface Arguments {
  readonly positionals: readonly string[];
  /** A text option's value; undefined when it was not given. */
  text(name: string): string | undefined;
  flag(name: string): boolean;
  /** All values of an option that may be given more than once, each also a list by commas. */
  list(name: string): readonly string[];
  /** The same, each value as it was given. */
  options(name: string): readonly string[];
}

export const usage = (what: string): Result<never> => err('cli/usage', { what });

/** node:util's parser, strict: an unknown option, a missing value or a value too many is cli/usage. */
export function readArguments(args: readonly string[], known: Options): Result<Arguments> {
  try {
    const { positionals, values } = parseArgs({ args: [...args], options: known, allowPositionals: true, strict: true });
    const text = (name: string): string | undefined => {
      const value = values[name];
      return typeof value === 'string' ? value : undefined;
    };
    const options = (name: string): readonly string[] => [values[name] ?? []].flat().filter((value) => typeof value === 'string');
    const list = (name: string): readonly string[] =>
      options(name)
        .flatMap((value) => value.split(','))
        .filter((value) => value !== '');
    return ok({ positionals, text, flag: (name) => values[name] === true, list, options });
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return usage(message.split('. ')[0]?.replace(/\.$/, '') ?? message);
  }
}
