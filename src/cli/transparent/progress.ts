import type { OnPlanning } from '../../protocol/transparent/index.ts';
import type { StatementStage } from '../../prove/transparent/index.ts';
import type { Io } from '../outcome.ts';

export type ModelStage = 'read' | StatementStage;

const words: Readonly<Record<ModelStage, string>> = {
  read: 'Reading the network and working out its program',
  forward: 'Running the model exactly, on whole numbers',
  witness: 'Collecting what is to be proven',
  commit: 'Committing to it',
  lookups: 'Proving the activations',
  functional: 'Joining all layers into one equation',
  inner: 'Proving the equation',
  open: 'Opening the commitment at random places',
  check: 'Checking the proof as a verifier would',
};

/** How far the program is, on a line that rewrites itself where a person watches; nothing where it takes no time worth telling. */
export function planningOn(io: Pick<Io, 'err' | 'tty'>): OnPlanning {
  const began = performance.now();
  let shown = 0;
  return (fraction) => {
    if (!io.tty || performance.now() - began < 500 || (fraction < shown + 0.02 && fraction < 1) || shown === 1) return;
    shown = fraction;
    io.err(`\r\x1b[K  program: ${Math.round(100 * fraction)} %${fraction === 1 ? '\n' : ''}`);
  };
}

/** One line a stage on stderr, with the time that the stage before it took. */
export function stagesOn(io: Io): (stage: ModelStage) => void {
  let since: number | undefined;
  return (stage) => {
    const now = performance.now();
    io.err(`${since === undefined ? '' : `  ${Math.round(now - since)} ms\n`}${words[stage]} …\n`);
    since = now;
  };
}
