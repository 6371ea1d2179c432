import { err, ok, type Result } from '../../base/index.ts';
import { soundnessWords } from '../../protocol/index.ts';
import { type Arguments, usage } from '../arguments.ts';
import type { Io, Outcome } from '../outcome.ts';
import { checkModelProof, outputLines, realValues } from './model.ts';
import { planningOn } from './progress.ts';

/** `tacit verify PROOF --bundle FOLDER`: whether the network in the folder gives these outputs for some input behind the commitment. */
export async function verifyModel(args: Arguments, json: unknown, io: Io): Promise<Result<Outcome>> {
  const folder = args.text('bundle');
  const nonce = args.text('nonce');
  if (folder === undefined) return usage('This proves what a compiled model says: give your own copy of it, --bundle FOLDER');
  if ((args.text('request') ?? args.text('jwks') ?? args.text('bundles')) !== undefined || args.flag('ceremony-only'))
    return usage('A proof of a compiled model goes with --bundle and --nonce alone');
  const checked = await checkModelProof(json, folder, planningOn(io));
  if (!checked.ok) return checked;
  const { file, soundness, network } = checked.value;
  if (nonce !== undefined && nonce !== file.nonce) return err('request/mismatch', { signal: 'nonce' });
  const outputs = file.outputs.map((output) => ({ shape: output.shape, integers: output.integers, values: realValues(output) }));
  const { model, inputCommitment, policy } = file;
  return ok({
    exit: 0,
    json: {
      result: 'accepted',
      model,
      ...(policy === undefined ? { outputs } : { policy }),
      inputCommitment,
      nonce: file.nonce,
      soundness,
      assurance: 'self-asserted',
    },
    text: [
      policy === undefined
        ? 'accepted: the model gives these outputs for the committed input.'
        : 'accepted: what the model gives for the committed input meets this policy.',
      ...outputLines(file, network).map((line) => `output     ${line}`),
      `model      ${model}`,
      `commitment ${inputCommitment}`,
      `nonce      ${file.nonce}${nonce === undefined ? ' (the prover’s choice: an old proof may be shown again)' : ''}`,
      `soundness  ${soundnessWords(soundness)}`,
      'assurance  self-asserted: nobody vouches for where the input comes from',
    ].join('\n'),
  });
}
