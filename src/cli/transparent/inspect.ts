import { ok, type Result } from '../../base/index.ts';
import { parseModelProof, soundnessWords } from '../../protocol/index.ts';
import type { Arguments } from '../arguments.ts';
import { errorJson, exitOf, type Outcome } from '../outcome.ts';
import { checkModelProof, outputLines } from './model.ts';

/** `tacit inspect PROOF [--bundle FOLDER]` of a model's proof: in plain words; exit 0 only when it was checked and holds. */
export async function inspectModel(args: Arguments, json: unknown): Promise<Result<Outcome>> {
  const parsed = parseModelProof(json);
  if (!parsed.ok) return parsed;
  const file = parsed.value;
  const folder = args.text('bundle');
  const checked = folder === undefined ? undefined : await checkModelProof(json, folder);
  // A folder that cannot be read says nothing about the proof.
  if (checked !== undefined && !checked.ok && exitOf(checked.error.code) === 2) return checked;
  const holds = checked?.ok === true;
  const result = checked === undefined ? 'unchecked' : holds ? 'accepted' : 'rejected';
  const { proof, ...claims } = file;
  const bits = checked?.ok ? checked.value.soundness : file.soundnessBits;
  const verdict =
    checked === undefined
      ? 'NOT checked: that takes the model it speaks of (--bundle FOLDER). What follows is only what it claims.'
      : checked.ok
        ? 'This proof holds.'
        : `This proof does NOT hold: ${errorJson(checked.error).sentence} [${checked.error.code}]`;
  return ok({
    exit: holds ? 0 : 1,
    json: {
      result,
      ...(checked === undefined || checked.ok ? {} : { error: errorJson(checked.error) }),
      ...claims,
      assurance: 'self-asserted',
    },
    text: [
      verdict,
      '',
      ...(result === 'rejected' ? ['It shows nothing. What follows is only what it claims.', ''] : []),
      holds ? 'It shows that' : 'It claims that',
      '  - somebody knew an input x, within the model’s range, behind the commitment below;',
      file.policy === undefined
        ? '  - the compiled network, in exact whole numbers, every layer of it, gives model(x) = y for the outputs y below;'
        : '  - the compiled network, in exact whole numbers, every layer of it, gives a model(x) that meets the policy below;',
      '  - the proof was made for this nonce and these outputs: change either and it no longer holds.',
      '',
      'What stands behind it',
      ...outputLines(file, checked?.ok ? checked.value.network : undefined).map((line) => `  output      ${line}`),
      `  model       ${file.model} (compare it with the one that is published)`,
      `  commitment  ${file.inputCommitment}`,
      `  nonce       ${file.nonce}`,
      `  keys        none: no ceremony and no secret setup, only hashes (BLAKE3) and a 124-bit field`,
      `  soundness   ${soundnessWords(bits)} ${checked?.ok ? 'computed here' : 'stated by the file'}: a false claim passes with a chance of 2^-${Math.floor(bits)} a try`,
      '  assurance   self-asserted: nobody signed the input',
      '',
      'What it does not show',
      '  - the input: nothing of it but what the outputs tell by themselves;',
      '  - that the input is real: a photo, a stranger’s file or made-up numbers prove as well;',
      '  - who made the proof, or when, unless you chose the nonce;',
      '  - that the commitment is one you have seen before: compare it yourself;',
      '  - that the model is fair, right, or the one you think of: compare its hash.',
    ].join('\n'),
  });
}
