import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { errorCodes, errorTemplate, InvariantError, VERSION } from '../base/index.ts';
import * as errors from './errors.ts';
import * as examples from './examples.ts';
import { errorsMarkdown } from './index.ts';
import * as inspect from './inspect.ts';
import * as prove from './prove.ts';
import { tacit } from './testing/index.ts';
import * as verify from './verify.ts';

const run = (...args: string[]) => tacit('/nonexistent', ...args);

describe('help', () => {
  it.each([[['--help']], [['-h']], [['help']]])('is printed for %j', async (args) => {
    const { exit, out, err } = await run(...args);
    expect([exit, err]).toEqual([0, '']);
    for (const command of ['prove', 'verify', 'inspect', 'examples', 'errors']) expect(out).toContain(command);
  });

  it.each(['prove', 'verify', 'inspect', 'examples', 'errors'])('is there for %s, and fits 80 columns', async (command) => {
    for (const args of [
      [command, '--help'],
      ['help', command],
    ]) {
      const { exit, out } = await run(...args);
      expect(exit).toBe(0);
      expect(out).toContain(`tacit ${command}`);
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    }
  });

  it('names every option a command takes', async () => {
    for (const [command, { options }] of Object.entries({ prove, verify, inspect, examples, errors })) {
      const { out } = await run(command, '--help');
      for (const name of Object.keys(options)) expect(out).toContain(`--${name}`);
    }
  });

  it('stands in for a missing command, with exit 2', async () => {
    const { exit, out, err } = await run();
    expect([exit, out]).toEqual([2, '']);
    expect(err).toContain('Usage: tacit COMMAND');
  });
});

it('an unknown command is bad use', async () => {
  expect(await run('fly')).toEqual({ exit: 2, out: '', err: 'error: There is no command fly. See tacit --help. [cli/usage]\n' });
  for (const name of ['__proto__', 'constructor', 'toString']) expect((await run(name)).err).toContain(`There is no command ${name}`);
});

it('says its version', async () =>
  expect(await run('--version')).toMatchObject({ exit: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) }));

it('a bug is said to be one, without what it was about', async () => {
  let out = '';
  const { run: bare } = await import('./index.ts');
  const io = {
    out: (text: string) => {
      out += text;
    },
    err: () => {},
    tty: false,
    get env(): Record<string, string> {
      throw new Error('secret');
    },
    now: () => 0,
  };
  expect(await bare(['examples', '--json'], io)).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ result: 'error', error: { code: 'internal/error' } });
  expect(out).not.toContain('secret');
});

it.each([
  [new RangeError('Array buffer allocation failed'), 'device/memory', ''],
  [new TypeError('secret'), 'internal/error', /^TypeError( in \S+)?$/m],
  [new InvariantError('a promise of ours'), 'internal/error', 'a promise of ours'],
] as const)('says of what a command throws what a report needs, and nothing else: %s', async (thrown, code, place) => {
  const said: string[] = [];
  const io = {
    out: () => {},
    err: (text: string) => void said.push(text),
    tty: false,
    get env(): Record<string, string> {
      throw thrown;
    },
    now: () => 0,
  };
  const { run: bare } = await import('./index.ts');
  expect(await bare(['examples'], io)).toBe(2);
  const text = said.join('');
  expect(text).toContain(`[${code}]`);
  expect(text).toMatch(place);
  expect(text).not.toContain('secret');
  if (code === 'internal/error') expect(text).toContain(`version ${VERSION}`);
});

describe('tacit errors', () => {
  it('does not advise to try again what fails again, and names the version that a report needs', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(VERSION).toBe(version);
    for (const code of ['internal/error', 'proof/self-check'] as const) {
      expect(errorTemplate(code)).not.toMatch(/try (it )?again|our side/i);
      expect(errorTemplate(code)).toMatch(new RegExp(`report it, with version ${version} and the code ${code}`));
    }
    for (const code of errorCodes) expect(errorTemplate(code), code).not.toMatch(/our side|went wrong/i);
  });

  it('lists every code', async () => {
    const { exit, out } = await run('errors', '--json');
    expect(exit).toBe(0);
    expect((JSON.parse(out) as { errors: { code: string }[] }).errors.map(({ code }) => code)).toEqual(errorCodes);
    for (const code of errorCodes) expect((await run('errors')).out).toContain(code);
    expect((await run('errors', 'more')).exit).toBe(2);
  });

  it('docs/errors.md is current: remake it with npx tacit errors --markdown > docs/errors.md', async () => {
    const committed = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    expect(committed).toBe(errorsMarkdown());
    expect((await run('errors', '--markdown')).out).toBe(committed);
  });
});
