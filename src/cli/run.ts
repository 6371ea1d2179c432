import { readFile } from 'node:fs/promises';
import { InvariantError, type Result, type TacitError } from '../base/index.ts';
import { usage } from './arguments.ts';
import { command as compile } from './commands/compile.ts';
import { command as conformance } from './commands/conformance.ts';
import { command as evalFace } from './commands/evalFace.ts';
import { command as evalSpoof } from './commands/evalSpoof.ts';
import { command as opsTable } from './commands/ops.ts';
import { command as program } from './commands/program.ts';
import { command as runModel } from './commands/run.ts';
import { errors } from './errors.ts';
import { examples } from './examples.ts';
import { help } from './help.ts';
import { inspect } from './inspect.ts';
import { errorJson, exitOf, type Io, type Outcome } from './outcome.ts';
import { prove } from './prove.ts';
import { verify } from './verify.ts';

/** Commands that bring their own page of help. */
const modelCommands = [compile, runModel, conformance, evalFace, evalSpoof, opsTable, program] as const;

const commands: Readonly<Record<string, (args: readonly string[], io: Io) => Promise<Result<Outcome>>>> = {
  prove,
  verify,
  inspect,
  examples,
  errors,
  ...Object.fromEntries(modelCommands.map((command) => [command.name, command.run])),
};

const processIo: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  tty: process.stderr.isTTY === true,
  env: process.env,
  now: () => Math.floor(Date.now() / 1000),
};

/** Runs `tacit` with the words after its name. Returns the exit code: 0 accepted or done, 1 rejected, 2 bad use. Never throws. */
export async function run(argv: readonly string[], io: Io = processIo): Promise<0 | 1 | 2> {
  const [name, ...args] = argv;
  const asked = ['--help', '-h', 'help'];
  if (name === undefined || asked.includes(name)) {
    const text = help[args[0] ?? ''] ?? help[''] ?? '';
    if (name !== undefined) io.out(text);
    else io.err(text);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    io.out(`${await version()}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined && args.some((arg) => asked.slice(0, 2).includes(arg))) {
    io.out(help[name] ?? modelCommands.find((command) => command.name === name)?.help ?? '');
    return 0;
  }
  const json = args.includes('--json');
  try {
    const result = command === undefined ? usage(`There is no command ${name}`) : await command(args, io);
    if (!result.ok) return report(result.error, json, io);
    io.out(`${json ? JSON.stringify(result.value.json, null, 2) : result.value.text}\n`);
    return result.value.exit;
  } catch (thrown) {
    // A bug, not the input: the message is ours (an invariant), and anything else may quote secrets.
    io.err(thrown instanceof InvariantError ? `${thrown.message}\n` : '');
    return report({ code: 'internal/error' }, json, io);
  }
}

function report(error: TacitError, json: boolean, io: Io): 1 | 2 {
  const exit = exitOf(error.code);
  const result = exit === 1 ? 'rejected' : 'error';
  const described = errorJson(error);
  if (json) io.out(`${JSON.stringify({ result, error: described }, null, 2)}\n`);
  else io.err(`${result}: ${described.sentence} [${error.code}]\n`);
  return exit;
}

async function version(): Promise<string> {
  const file = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return file.version;
}
