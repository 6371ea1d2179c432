// cli: the program `tacit`, which makes, checks and explains proofs on the command line with the same rooms as the browser. Imports
// base, field, model, program, protocol, registry, bundles, prove, verify, workers/kernel and the statements of circuits; nobody imports it.
// Node only. Lay-out: run.ts picks the command and turns its outcome into text or JSON and an exit code; one file a command (prove,
// verify, inspect, examples, errors); transparent/ has what the first three do with a compiled model, commands/ the model tools.

export { errorsMarkdown } from './errors.ts';
export type { Io } from './outcome.ts';
export { run } from './run.ts';
