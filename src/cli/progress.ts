import type { QuantizeStep } from '../model/index.ts';
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

const stepWords = (step: QuantizeStep): string => {
  if (step.step === 'samples') return `Running the float model on sample ${step.at} of ${step.of}`;
  return step.step === 'precision' ? `Trying ${step.bits} bits, shift ${step.shift}` : 'Measuring the network for the report';
};

/** The same for what compiles a network: one line that rewrites itself, or one line a step, of the samples the first alone. */
export function stepsOn(io: Io): (step: QuantizeStep) => void {
  return (step) => {
    if (io.tty) io.err(`\r\x1b[K${stepWords(step)} …${step.step === 'report' ? '\n' : ''}`);
    else if (step.step !== 'samples' || step.at === 1) io.err(`${stepWords(step)} …\n`);
  };
}
