import type { ProveProgress, ProveStage } from '../prove/index.ts';
import type { Io } from './outcome.ts';

const words: Readonly<Record<ProveStage, string>> = {
  witness: 'Running the model exactly, on whole numbers',
  read: 'Reading the proving key',
  transform: 'Working out the proof',
  multiexp: 'Working out the proof’s points',
};

/** Progress on stderr: one line that rewrites itself where a person watches, one line a stage elsewhere. */
export function progressOn(io: Io): (progress: ProveProgress) => void {
  let last: ProveStage | undefined;
  return ({ stage, fraction }) => {
    if (io.tty) io.err(`\r\x1b[K${words[stage]} … ${Math.round(100 * fraction)} %${fraction === 1 ? '\n' : ''}`);
    else if (stage !== last) io.err(`${words[stage]} …\n`);
    last = stage;
  };
}
