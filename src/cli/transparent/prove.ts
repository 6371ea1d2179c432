import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { bytesToHex, err, type Hash32, isHash32, ok, type Result, toBase64Url } from '../../base/index.ts';
import { toSigned, UniformSource } from '../../field/index.ts';
import { encodeInput } from '../../model/index.ts';
import { type InputOpening, MAX_MODEL_PROOF_BYTES, type ModelProof, parseModelProof } from '../../protocol/index.ts';
import { proverBytes, proveTransparent } from '../../prove/transparent/index.ts';
import { verifyModelProof } from '../../verify/transparent/index.ts';
import { type Arguments, type Options, readArguments, usage } from '../arguments.ts';
import { apartFrom, parseJson, writeWhole } from '../files.ts';
import { proofKernels } from '../models/kernels.ts';
import { readPixels, readSample } from '../models/samples.ts';
import type { Io, Outcome } from '../outcome.ts';
import { type LoadedModel, loadModel, outputLines } from './model.ts';
import { type ModelStage, stagesOn } from './progress.ts';

export const options = {
  input: { type: 'string' },
  mean: { type: 'string' },
  std: { type: 'string' },
  out: { type: 'string' },
  nonce: { type: 'string' },
  'max-memory': { type: 'string' },
  'save-opening': { type: 'string' },
  quiet: { type: 'boolean' },
  json: { type: 'boolean' },
} satisfies Options;

/** Elements of the commitment's blinding and digest. */
const DIGEST = 8;
const MB = 10 ** 6;
/** A WebAssembly memory ends at 2 GiB. */
const MOST_MB = 2000;

interface Call {
  readonly folder: string;
  readonly input: string;
  readonly out: string;
  readonly nonce: Hash32;
  readonly maxMb: number;
}

const random = (into: Uint8Array): void => void randomFillSync(into);

function readCall({ positionals, text }: Arguments): Result<Call> {
  const [folder, ...more] = positionals;
  const [input, out] = [text('input'), text('out')];
  if (folder === undefined || more.length > 0) return usage('prove takes one FOLDER');
  if (input === undefined) return usage('Say what the model’s input is: --input FILE');
  if (out === undefined || out === '') return usage('Say where the proof goes: --out PROOF');
  const nonce = text('nonce') ?? bytesToHex(randomFillSync(new Uint8Array(32)));
  if (!isHash32(nonce)) return usage('--nonce takes 64 lower-case hex digits');
  const given = text('max-memory') ?? '1024';
  const maxMb = Number(given);
  if (!/^\d{1,4}$/.test(given) || maxMb < 1 || maxMb > MOST_MB) return usage(`--max-memory takes whole megabytes from 1 to ${MOST_MB}`);
  return ok({ folder, input, out, nonce, maxMb });
}

/** `tacit prove FOLDER`: proves what a compiled network says about an input, checks the proof, and only then writes it. */
export async function proveModel(args: readonly string[], io: Io): Promise<Result<Outcome>> {
  const read = readArguments(args, options);
  if (!read.ok) return read;
  const { text, flag } = read.value;
  const called = readCall(read.value);
  if (!called.ok) return called;
  const { folder, input, out, nonce, maxMb } = called.value;
  const opening = text('save-opening');
  const apart = await apartFrom([out, opening], [input, ...['network.bin', 'manifest.json'].map((name) => join(folder, name))]);
  if (!apart.ok) return apart;
  const pixels = readPixels(text('mean'), text('std'));
  if (!pixels.ok) return pixels;
  const say = flag('quiet') ? () => {} : io.err;
  const stage = flag('quiet') ? () => {} : stagesOn(io);

  stage('read');
  const loaded = await loadModel(folder);
  if (!loaded.ok) return loaded;
  const sample = await readSample(input, loaded.value.input.shape, pixels.value);
  if (!sample.ok) return sample;
  const needed = Math.ceil(proverBytes(loaded.value.prepared.plan) / MB);
  say(`The proof takes about ${needed} MB of memory (${maxMb} MB allowed).\n`);
  if (needed > maxMb) return err('prove/memory', { needed, limit: maxMb });

  const began = performance.now();
  const made = await makeProof(loaded.value, encodeInput(sample.value, loaded.value.input.scale), nonce, stage, say);
  sample.value.data.fill(0);
  if (!made.ok) return made;
  const { file, soundness } = made.value;
  if (opening !== undefined) {
    const saved = await writeWhole(opening, `${JSON.stringify(made.value.opening)}\n`, 0o600);
    if (!saved.ok) return saved;
  }
  const written = await writeWhole(out, `${JSON.stringify(file, null, 2)}\n`);
  if (!written.ok) return written;
  const proofBytes = Math.floor((file.proof.length * 3) / 4);
  const milliseconds = Math.round(performance.now() - began);
  const { model, inputCommitment, outputs } = file;
  return ok({
    exit: 0,
    json: { result: 'made', out, model, outputs, inputCommitment, nonce, soundness, memoryMb: needed, proofBytes, milliseconds },
    text: [
      ...outputLines(file),
      `The proof is in ${out}: ${proofBytes} bytes, ${soundness} bits, and it passed the verifier’s check here.`,
      `Check it with: tacit verify ${out} --bundle ${folder}`,
    ].join('\n'),
  });
}

interface Made {
  readonly file: ModelProof;
  readonly opening: InputOpening;
  readonly soundness: number;
}

async function makeProof(
  { prepared, network, input: tensor }: LoadedModel,
  input: Int32Array,
  nonce: Hash32,
  stage: (stage: ModelStage) => void,
  say: (text: string) => void,
): Promise<Result<Made>> {
  const kernels = await proofKernels(say);
  if (!kernels.ok) return kernels;
  const { plan, model, outputs } = prepared;
  const source = new UniformSource(random);
  const blinding = Array.from({ length: DIGEST }, () => source.felt());
  source.wipe();

  stage('forward');
  const witness = prepared.witness([input], blinding);
  if (!witness.ok) return named(witness, network);
  const { publics } = witness.value;
  const proven = withinMemory(() =>
    proveTransparent({
      plan,
      statement: { model, nonce, publics },
      witness: witness.value,
      kernels: kernels.value,
      random,
      onStage: stage,
    }),
  );
  for (const block of witness.value.blocks) block.fill(0);
  if (!proven.ok) return proven;

  const integers = publics.slice(0, -DIGEST).map(toSigned);
  const digest = Buffer.alloc(4 * DIGEST);
  publics.slice(-DIGEST).forEach((value, i) => {
    digest.writeUInt32LE(value, 4 * i);
  });
  let at = 0;
  const file: ModelProof = {
    format: 'tacit-model-proof',
    v: 1,
    statement: 'model',
    system: 'transparent',
    model,
    program: plan.hash,
    nonce,
    outputs: outputs.map(({ shape, scale }) => {
      const from = at;
      at += shape.reduce((product, length) => product * length, 1);
      const plain = typeof scale === 'number' ? scale : { axis: scale.axis, values: [...scale.values] };
      return { shape: [...shape], scale: plain, integers: integers.slice(from, at) };
    }),
    inputCommitment: digest.toString('hex'),
    soundnessBits: Math.floor(plan.soundness),
    proof: toBase64Url(proven.value),
  };
  stage('check');
  const checked = selfCheck(prepared, JSON.stringify(file, null, 2));
  if (!checked.ok) return checked;
  const opening: InputOpening = {
    format: 'tacit-input-opening',
    v: 1,
    model,
    inputCommitment: file.inputCommitment,
    blinding,
    input: [...input],
    range: { min: tensor.range.min, max: tensor.range.max },
  };
  input.fill(0);
  return ok({ file, opening, soundness: checked.value });
}

/** What `tacit verify` would say of these bytes, on the plain kernels: a file it would refuse is never written. */
function selfCheck(model: LoadedModel['prepared'], text: string): Result<number> {
  const json = parseJson(text);
  const file = json.ok && text.length < MAX_MODEL_PROOF_BYTES ? parseModelProof(json.value) : undefined;
  const verified = file?.ok ? verifyModelProof({ model, file: file.value }) : undefined;
  return verified?.ok ? ok(verified.value.soundness) : err('proof/self-check');
}

/** A machine that refuses the memory that was allowed: device/memory. */
function withinMemory<T>(work: () => Result<T>): Result<T> {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof RangeError) return err('device/memory');
    throw thrown;
  }
}

/** The program knows layers by position; people know them by name. */
function named(refused: Extract<Result<never>, { ok: false }>, network: LoadedModel['network']): Result<never> {
  const position = /^layer (\d+)$/.exec(String(refused.error.params?.layer ?? ''))?.[1];
  const name = position === undefined ? undefined : network.nodes[Number(position)]?.name;
  return name === undefined ? refused : err(refused.error.code, { ...refused.error.params, layer: name });
}
