import { err, ok, type Result } from '../../base/index.ts';
import { COSINE_UNIT } from '../../program/index.ts';
import { type FaceProof, parseFaceProof, soundnessWords } from '../../protocol/index.ts';
import { digestToHex, scopeElements } from '../../registry/index.ts';
import { type Arguments, usage } from '../arguments.ts';
import { errorJson, exitOf, type Outcome } from '../outcome.ts';
import { checkFaceProof } from './prepared.ts';

/** What is always said of a proof about a face. */
export const ATTACKS = 'attack detection not independently measured';

const cosineText = (threshold: number): string => `${threshold} of ${COSINE_UNIT} (a cosine of ${(threshold / COSINE_UNIT).toFixed(3)})`;

const claimLines = (file: FaceProof): string[] =>
  file.statement === 'face-enrol'
    ? [`commitment ${file.commitment}`]
    : [`root       ${file.root}`, `scope      ${file.scope}`, `nullifier  ${file.nullifier}`, `threshold  ${cosineText(file.threshold)}`];

const claims = ({ proof: _, ...rest }: FaceProof): Readonly<Record<string, unknown>> => rest;

/** `tacit verify PROOF` of a face proof: whether it holds for this checkout's networks, and for what was asked if that is given. */
export async function verifyFace(args: Arguments, json: unknown): Promise<Result<Outcome>> {
  const parsed = parseFaceProof(json);
  if (!parsed.ok) return parsed;
  const file = parsed.value;
  if (['request', 'jwks', 'bundles', 'bundle'].some((name) => args.text(name) !== undefined) || args.flag('ceremony-only'))
    return usage('A proof about a face goes with --nonce, --root, --scope and --threshold alone');
  const asked = compare(args, file);
  if (!asked.ok) return asked;
  const checked = await checkFaceProof(file, args.text('networks'));
  if (!checked.ok) return checked;
  const { soundness } = checked.value;
  const open = file.statement === 'face-match' && args.text('root') === undefined;
  return ok({
    exit: 0,
    json: { result: 'accepted', ...claims(file), soundness, assurance: 'self-asserted', attacks: ATTACKS },
    text: [
      file.statement === 'face-enrol'
        ? 'accepted: the commitment holds the template of some picture that the anti-spoof network passes.'
        : 'accepted: some picture matches an enrolment under the root.',
      ...claimLines(file),
      `model      ${file.model}`,
      `nonce      ${file.nonce}${args.text('nonce') === undefined ? ' (the prover’s choice: an old proof may be shown again)' : ''}`,
      `soundness  ${soundnessWords(soundness)}`,
      `assurance  self-asserted: nobody saw the picture being taken; ${ATTACKS}`,
      ...(open ? ['note       Nobody vouches for the root: compare it with your registry’s, or give --root.'] : []),
    ].join('\n'),
  });
}

/** Error: request/mismatch, naming what differs. */
function compare({ text }: Arguments, file: FaceProof): Result<void> {
  if (text('nonce') !== undefined && text('nonce') !== file.nonce) return err('request/mismatch', { signal: 'nonce' });
  const only = ['root', 'scope', 'threshold'].filter((name) => text(name) !== undefined);
  if (file.statement === 'face-enrol')
    return only.length === 0 ? ok(undefined) : usage('--root, --scope and --threshold go with a proof of face-match');
  if (text('root') !== undefined && text('root') !== file.root) return err('request/mismatch', { signal: 'root' });
  const [partner, name, ...more] = (text('scope') ?? '/').split('/');
  if (text('scope') !== undefined) {
    if (!partner || !name || more.length > 0) return usage('--scope takes PARTNER/SCOPE');
    if (digestToHex(scopeElements(partner, name)) !== file.scope) return err('request/mismatch', { signal: 'scope' });
  }
  const least = text('threshold');
  if (least !== undefined && !/^\d{1,4}$/.test(least)) return usage('--threshold takes a whole number');
  return least !== undefined && file.threshold < Number(least) ? err('request/mismatch', { signal: 'threshold' }) : ok(undefined);
}

/** `tacit inspect PROOF` of a face proof: in plain words; exit 0 only when it holds. */
export async function inspectFace(args: Arguments, json: unknown): Promise<Result<Outcome>> {
  const parsed = parseFaceProof(json);
  if (!parsed.ok) return parsed;
  const file = parsed.value;
  const checked = await checkFaceProof(file, args.text('networks'));
  if (!checked.ok && exitOf(checked.error.code) === 2) return checked;
  const enrol = file.statement === 'face-enrol';
  return ok({
    exit: checked.ok ? 0 : 1,
    json: {
      result: checked.ok ? 'accepted' : 'rejected',
      ...(checked.ok ? {} : { error: errorJson(checked.error) }),
      ...claims(file),
      assurance: 'self-asserted',
      attacks: ATTACKS,
    },
    text: [
      checked.ok ? 'This proof holds.' : `This proof does NOT hold: ${errorJson(checked.error).sentence} [${checked.error.code}]`,
      '',
      ...(checked.ok ? [] : ['It shows nothing. What follows is only what it claims.', '']),
      checked.ok ? 'It shows that' : 'It claims that',
      ...(enrol
        ? [
            '  - somebody had a picture, a secret and a blinding behind the commitment below;',
            '  - the template in the commitment is what the published face network, every layer of it, gives for that picture;',
            '  - the published anti-spoof network, on the same picture, gives at least its published score.',
          ]
        : [
            '  - somebody had a picture, and the secret and template of an enrolment that lies under the root below;',
            '  - the published face network, every layer of it, gives for that picture a template that is at least as close to the',
            '    enrolled one as the threshold says;',
            '  - the nullifier is this enrolment’s secret’s for this scope: the same secret gives the same one, and only in this scope.',
          ]),
      '  - the proof was made for this nonce: change it, or any value below, and it no longer holds.',
      '',
      'What stands behind it',
      ...claimLines(file).map((line) => `  ${line}`),
      `  model      ${file.model} (compare it with the one that is published)`,
      `  nonce      ${file.nonce}`,
      '  keys       none: no ceremony and no secret setup, only hashes (BLAKE3) and a 124-bit field',
      `  soundness  ${soundnessWords(checked.ok ? checked.value.soundness : file.soundnessBits)} ${checked.ok ? 'computed here' : 'stated by the file'}`,
      '  assurance  self-asserted: nobody saw the picture being taken',
      '',
      'What it does not show',
      '  - that the picture is of a live person, or new: a photo, a video or an injected picture proves as well',
      `    (${ATTACKS});`,
      '  - the picture, the template or the secret: nothing of them but the values above;',
      ...(enrol
        ? ['  - who the person is, or that they have not enrolled before.']
        : [
            '  - that the root is one you know: compare it with your registry’s;',
            '  - that the enrolment’s picture was of the person who enrolled, or that its owner kept the secret;',
            '  - that it is the only answer in the scope: whoever counts nullifiers knows.',
          ]),
    ].join('\n'),
  });
}
