import { InvariantError, type Result, type TacitError, thrownCode, VERSION } from '../base/index.ts';
import { usage } from './arguments.ts';
import type { Command } from './commands/command.ts';
import { help } from './help.ts';
import { errorJson, exitOf, type Io, type Outcome } from './outcome.ts';

type Run = (args: readonly string[], io: Io) => Promise<Result<Outcome>>;

/** Each command is loaded when it is called: what it needs (snarkjs, onnxruntime, TensorFlow.js) takes longer to load than most take to run. */
const commands: Readonly<Record<string, () => Promise<Run>>> = {
  prove: async () => (await import('./prove.ts')).prove,
  verify: async () => (await import('./verify.ts')).verify,
  inspect: async () => (await import('./inspect.ts')).inspect,
  examples: async () => (await import('./examples.ts')).examples,
  errors: async () => (await import('./errors.ts')).errors,
};

/** Commands that bring their own page of help. */
const modelCommands: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  compile: () => import('./commands/compile.ts'),
  run: () => import('./commands/run.ts'),
  conformance: () => import('./commands/conformance.ts'),
  'eval-face': () => import('./commands/evalFace.ts'),
  'eval-spoof': () => import('./commands/evalSpoof.ts'),
  ops: () => import('./commands/ops.ts'),
  program: () => import('./commands/program.ts'),
};

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

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
    io.out(`${VERSION}\n`);
    return 0;
  }
  const model = own(modelCommands, name);
  const known = model !== undefined || own(commands, name) !== undefined;
  if (known && args.some((arg) => asked.slice(0, 2).includes(arg))) {
    io.out(own(help, name) ?? (await model?.())?.command.help ?? '');
    return 0;
  }
  const json = args.includes('--json');
  try {
    const command = (await model?.())?.command.run ?? (await own(commands, name)?.());
    const result = command === undefined ? usage(`There is no command ${name}`) : await command(args, io);
    if (!result.ok) return report(result.error, json, io);
    io.out(`${json ? JSON.stringify(result.value.json, null, 2) : result.value.text}\n`);
    return result.value.exit;
  } catch (thrown) {
    const code = thrownCode(thrown);
    if (code === 'internal/error') io.err(`${placeOf(thrown)}\n`);
    return report({ code }, json, io);
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

/** What a report of a fault needs: our own words (an invariant), else name and place alone, since a message may quote secrets. */
function placeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `thrown: ${typeof thrown}`;
  if (thrown instanceof InvariantError) return thrown.message;
  const frame = /^\s+at (?:async )?(\S+) \(/m.exec(thrown.stack ?? '');
  return frame === null ? thrown.name : `${thrown.name} in ${frame[1]}`;
}
