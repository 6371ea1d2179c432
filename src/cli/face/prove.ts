import { randomFillSync } from 'node:crypto';
import { DEFAULT_THRESHOLD, type MatchPublics } from '../../../circuits/face/index.ts';
import { bytesToHex, err, type Hash32, isHash32, ok, type Result, toBase64Url } from '../../base/index.ts';
import { type Kernels, UniformSource } from '../../field/index.ts';
import { COSINE_THRESHOLDS, DIGEST, type Witness } from '../../program/index.ts';
import {
  type FaceProof,
  type FaceTemplate,
  MAX_FACE_PROOF_BYTES,
  parseFaceProof,
  parseFaceTemplate,
  soundnessWords,
} from '../../protocol/index.ts';
import { proverBytes, proveTransparent } from '../../prove/transparent/index.ts';
import { scopeElements } from '../../registry/index.ts';
import { verifyFaceProof } from '../../verify/transparent/index.ts';
import { type Arguments, type Options, readArguments, usage } from '../arguments.ts';
import { apartFrom, parseJson, readJsonFile, writeWhole } from '../files.ts';
import { withProofKernels } from '../models/kernels.ts';
import type { Io, Outcome } from '../outcome.ts';
import { type ModelStage, stagesOn } from '../transparent/progress.ts';
import { frameOfPhoto } from './photo.ts';
import { type Prepared, prepareEnrol, prepareMatch } from './prepared.ts';
import { digestFromHex, digestToHex, pathOf, readRegistry } from './registry.ts';

export const options = {
  photo: { type: 'string' },
  template: { type: 'string' },
  'save-template': { type: 'string' },
  registry: { type: 'string' },
  root: { type: 'string' },
  scope: { type: 'string' },
  threshold: { type: 'string' },
  networks: { type: 'string' },
  out: { type: 'string' },
  nonce: { type: 'string' },
  'max-memory': { type: 'string' },
  quiet: { type: 'boolean' },
  json: { type: 'boolean' },
} satisfies Options;

const MB = 10 ** 6;
/** A WebAssembly memory ends at 2 GiB. */
const MOST_MB = 2000;
const MAX_TEMPLATE_BYTES = 64 * 1024;

const random = (into: Uint8Array): void => void randomFillSync(into);

interface Call {
  readonly photo: string;
  readonly out: string;
  readonly nonce: Hash32;
  readonly maxMb: number;
  readonly stage: (stage: ModelStage) => void;
  readonly say: (text: string) => void;
}

function readCall({ positionals, text, flag }: Arguments, io: Io): Result<Call> {
  if (positionals.length > 1) return usage('There is a word too many');
  const [photo, out] = [text('photo'), text('out')];
  if (photo === undefined) return usage('Say which picture: --photo FILE (a JPEG)');
  if (out === undefined || out === '') return usage('Say where the proof goes: --out PROOF');
  const nonce = text('nonce') ?? bytesToHex(randomFillSync(new Uint8Array(32)));
  if (!isHash32(nonce)) return usage('--nonce takes 64 lower-case hex digits');
  const given = text('max-memory') ?? '1024';
  const maxMb = Number(given);
  if (!/^\d{1,4}$/.test(given) || maxMb < 1 || maxMb > MOST_MB) return usage(`--max-memory takes whole megabytes from 1 to ${MOST_MB}`);
  const quiet = flag('quiet');
  return ok({ photo, out, nonce, maxMb, stage: quiet ? () => {} : stagesOn(io), say: quiet ? () => {} : io.err });
}

/** `tacit prove face-enrol` and `tacit prove face-match`: makes a proof, checks it as a verifier would, and only then writes it. */
export async function proveFace(args: readonly string[], io: Io): Promise<Result<Outcome>> {
  const read = readArguments(args, options);
  if (!read.ok) return read;
  const called = readCall(read.value, io);
  if (!called.ok) return called;
  return read.value.positionals[0] === 'face-enrol' ? enrol(read.value, called.value) : match(read.value, called.value);
}

async function enrol({ text }: Arguments, call: Call): Promise<Result<Outcome>> {
  const save = text('save-template');
  if (save === undefined) return usage('Say where the private template goes, without which nobody can match it: --save-template FILE');
  if (['template', 'registry', 'root', 'scope', 'threshold'].some((name) => text(name) !== undefined))
    return usage('--template, --registry, --root, --scope and --threshold go with face-match');
  const apart = await apartFrom([call.out, save], [call.photo]);
  if (!apart.ok) return apart;
  call.stage('read');
  const prepared = await prepareEnrol(text('networks'));
  if (!prepared.ok) return prepared;
  const fits = withinLimit(prepared.value, call);
  if (!fits.ok) return fits;
  const frame = await frameOfPhoto(call.photo);
  if (!frame.ok) return frame;
  const source = new UniformSource(random);
  const draw = (): number[] => Array.from({ length: DIGEST }, () => source.felt());
  const [secret, blinding] = [draw(), draw()];
  source.wipe();
  call.stage('forward');
  const made = prepared.value.statement.witness(frame.value, { secret, blinding });
  frame.value.fill(0);
  if (!made.ok) return made;
  const commitment = digestToHex(made.value.commitment);
  const proven = await prove(prepared.value, made.value.witness, call, (rest) => ({ ...rest, statement: 'face-enrol', commitment }));
  if (!proven.ok) return proven;
  const kept: FaceTemplate = {
    format: 'tacit-face-template',
    v: 1,
    model: prepared.value.model,
    commitment,
    secret,
    blinding,
    template: [...made.value.template],
  };
  const saved = await writeWhole(save, `${JSON.stringify(kept)}\n`, 0o600);
  if (!saved.ok) return saved;
  return finish(proven.value, call, { commitment, template: save }, [
    `commitment ${commitment}`,
    `The private template is in ${save}: as private as the face. Whoever has it and a picture can answer in this person’s name.`,
  ]);
}

/** Parts in 4096. */
function thresholdOf(given: string | undefined): Result<number> {
  const threshold = given === undefined ? DEFAULT_THRESHOLD : Number(given);
  const { min, max } = COSINE_THRESHOLDS;
  const whole = given === undefined || /^\d{1,4}$/.test(given);
  return whole && threshold >= min && threshold <= max ? ok(threshold) : usage(`--threshold takes a whole number from ${min} to ${max}`);
}

async function match({ text }: Arguments, call: Call): Promise<Result<Outcome>> {
  const [template, registry, scope] = [text('template'), text('registry'), text('scope')];
  if (text('save-template') !== undefined) return usage('--save-template goes with face-enrol');
  if (template === undefined) return usage('Say who enrolled: --template FILE (of tacit prove face-enrol)');
  if (registry === undefined) return usage('Say where the enrolment is registered: --registry FILE');
  const [partner, name, ...more] = (scope ?? '').split('/');
  if (!partner || !name || more.length > 0) return usage('Say what the proof is good for once: --scope PARTNER/SCOPE');
  const threshold = thresholdOf(text('threshold'));
  if (!threshold.ok) return threshold;
  const wanted = text('root');
  if (wanted !== undefined && digestFromHex(wanted) === undefined)
    return usage('--root takes 64 lower-case hex digits, eight field elements');
  const apart = await apartFrom([call.out], [call.photo, template, registry]);
  if (!apart.ok) return apart;
  const json = await readJsonFile(template, MAX_TEMPLATE_BYTES);
  if (!json.ok) return json;
  const holder = parseFaceTemplate(json.value);
  if (!holder.ok) return holder;
  const tree = await readRegistry(registry);
  if (!tree.ok) return tree;
  const found = pathOf(tree.value, digestFromHex(holder.value.commitment) ?? []);
  if (!found.ok) return found;
  if (wanted !== undefined && wanted !== digestToHex(found.value.root)) return err('registry/mismatch', { registry });
  call.stage('read');
  const prepared = await prepareMatch(text('networks'));
  if (!prepared.ok) return prepared;
  const fits = withinLimit(prepared.value, call);
  if (!fits.ok) return fits;
  const frame = await frameOfPhoto(call.photo);
  if (!frame.ok) return frame;
  const publics: MatchPublics = { root: found.value.root, scope: scopeElements(partner, name), threshold: threshold.value };
  call.stage('forward');
  const made = prepared.value.statement.witness(frame.value, holder.value, found.value.path, publics);
  frame.value.fill(0);
  if (!made.ok) return made;
  const shown = {
    root: digestToHex(publics.root),
    scope: digestToHex(publics.scope),
    nullifier: digestToHex(made.value.nullifier),
    threshold: threshold.value,
  };
  const proven = await prove(prepared.value, made.value.witness, call, (rest) => ({ ...rest, statement: 'face-match', ...shown }));
  if (!proven.ok) return proven;
  return finish(proven.value, call, shown, [`nullifier  ${shown.nullifier}`, `root       ${shown.root}`]);
}

/** Error: prove/memory. */
function withinLimit({ plan }: Prepared<unknown>, { maxMb, say }: Call): Result<number> {
  const needed = Math.ceil(proverBytes(plan) / MB);
  say(`The proof takes about ${needed} MB of memory (${maxMb} MB allowed).\n`);
  return needed > maxMb ? err('prove/memory', { needed, limit: maxMb }) : ok(needed);
}

type Rest = Omit<Extract<FaceProof, { statement: 'face-enrol' }>, 'statement' | 'commitment'>;

interface Proven {
  readonly file: FaceProof;
  readonly soundness: number;
  readonly milliseconds: number;
}

const prove = (prepared: Prepared<unknown>, witness: Witness, call: Call, fill: (rest: Rest) => FaceProof): Promise<Result<Proven>> =>
  withProofKernels(call.say, (kernels) => proveOn(kernels, prepared, witness, call, fill));

function proveOn(
  kernels: Kernels,
  { plan, model }: Prepared<unknown>,
  witness: Witness,
  { nonce, stage }: Call,
  fill: (rest: Rest) => FaceProof,
): Result<Proven> {
  const began = performance.now();
  const statement = { model, nonce, publics: witness.publics };
  let proof: Result<Uint8Array>;
  try {
    proof = proveTransparent({ plan, statement, witness, kernels, random, onStage: stage });
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    proof = err('device/memory');
  }
  for (const block of witness.blocks) block.fill(0);
  if (!proof.ok) return proof;
  const milliseconds = Math.round(performance.now() - began);
  const file = fill({
    format: 'tacit-face-proof',
    v: 1,
    system: 'transparent',
    model,
    program: plan.hash,
    nonce,
    soundnessBits: Math.floor(plan.soundness),
    proof: toBase64Url(proof.value),
  });
  // What `tacit verify` would say of these bytes: a file it would refuse is never written.
  stage('check');
  const text = JSON.stringify(file);
  const json = parseJson(text);
  const parsed = json.ok && text.length < MAX_FACE_PROOF_BYTES ? parseFaceProof(json.value) : undefined;
  const verified = parsed?.ok ? verifyFaceProof({ plan, model, file: parsed.value, kernels }) : undefined;
  return verified?.ok ? ok({ file, soundness: verified.value.soundness, milliseconds }) : err('proof/self-check');
}

async function finish(
  { file, soundness, milliseconds }: Proven,
  { out }: Call,
  shown: Readonly<Record<string, unknown>>,
  lines: readonly string[],
): Promise<Result<Outcome>> {
  const written = await writeWhole(out, `${JSON.stringify(file, null, 2)}\n`);
  if (!written.ok) return written;
  const proofBytes = Math.floor((file.proof.length * 3) / 4);
  const { statement, model, nonce } = file;
  return ok({
    exit: 0,
    json: { result: 'made', out, statement, model, nonce, ...shown, soundness, proofBytes, milliseconds },
    text: [
      ...lines,
      `The proof is in ${out}: ${proofBytes} bytes, ${soundnessWords(soundness)}, and it passed the verifier’s check here.`,
      `Check it with: tacit verify ${out}`,
    ].join('\n'),
  });
}
