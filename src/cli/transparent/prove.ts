import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { bytesToHex, err, type Hash32, isHash32, ok, type Result } from '../../base/index.ts';
import { encodeInput, type IntGraph, type Tensor } from '../../model/integer.ts';
import type { ModelPolicy } from '../../program/index.ts';
import { soundnessWords } from '../../protocol/index.ts';
import { type ModelMade, modelProvable, proverBytes, proveStatement, type Sealed } from '../../prove/transparent/index.ts';
import { checkModelFile } from '../../verify/transparent/index.ts';
import { type Arguments, type Options, readArguments, usage } from '../arguments.ts';
import { apartFrom, writeWhole } from '../files.ts';
import { withProofKernels } from '../models/kernels.ts';
import { pixelsFor } from '../models/pixels.ts';
import { inputType, readSample } from '../models/samples.ts';
import type { Io, Outcome } from '../outcome.ts';
import { type LoadedModel, loadModel, outputLines, stepOf } from './model.ts';
import { type ModelStage, planningOn, stagesOn } from './progress.ts';

export const options = {
  input: { type: 'string' },
  mean: { type: 'string' },
  std: { type: 'string' },
  out: { type: 'string' },
  nonce: { type: 'string' },
  'max-memory': { type: 'string' },
  'save-opening': { type: 'string' },
  class: { type: 'string' },
  'at-least': { type: 'string' },
  quiet: { type: 'boolean' },
  json: { type: 'boolean' },
} satisfies Options;

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

/** `--class N` or `--at-least N:VALUE`: what becomes public instead of the outputs. Error: cli/usage. */
const policyOf =
  (top: string | undefined, bound: string | undefined) =>
  (network: IntGraph): Result<ModelPolicy | undefined> => {
    if (top === undefined && bound === undefined) return ok(undefined);
    if (top !== undefined && bound !== undefined) return usage('Give --class or --at-least, not both');
    if (top !== undefined)
      return /^\d{1,6}$/.test(top) ? ok({ kind: 'class', index: Number(top) }) : usage('--class takes a whole number from 0');
    const [, at, value] = /^(\d{1,6}):(-?\d{1,9}(?:\.\d{1,9})?)$/.exec(bound ?? '') ?? [];
    if (at === undefined || value === undefined) return usage('--at-least takes NUMBER:VALUE, such as 7:3.5');
    const step = stepOf(network, Number(at));
    if (step === undefined) return err('model/unprovable', { what: `policy: there is no output ${at}` });
    return ok({ kind: 'at-least', index: Number(at), value: Math.ceil(Number(value) / step) + 0 });
  };

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
  const say = flag('quiet') ? () => {} : io.err;
  const stage = flag('quiet') ? () => {} : stagesOn(io);

  stage('read');
  const loaded = await loadModel(folder, policyOf(text('class'), text('at-least')), flag('quiet') ? undefined : planningOn(io));
  if (!loaded.ok) return loaded;
  const pixels = pixelsFor(loaded.value.labels, text('mean'), text('std'));
  if (!pixels.ok) return pixels;
  const sample = await readSample([input], [inputType(loaded.value.input, loaded.value.labels.steps[0])], pixels.value);
  if (!sample.ok) return sample;
  const value = sample.value.get(loaded.value.input.name) as Tensor;
  const needed = Math.ceil(proverBytes(loaded.value.prepared.plan) / MB);
  say(`The proof takes about ${needed} MB of memory (${maxMb} MB allowed).\n`);
  if (needed > maxMb) return err('prove/memory', { needed, limit: maxMb });

  const began = performance.now();
  const made = await makeProof(loaded.value, encodeInput(value, loaded.value.input.scale), nonce, maxMb * MB, stage, say);
  value.data.fill(0);
  if (!made.ok) return made;
  const { soundness, proofBytes } = made.value;
  const { file } = made.value.made;
  if (opening !== undefined) {
    const saved = await writeWhole(opening, `${JSON.stringify(made.value.made.opening)}\n`, 0o600);
    if (!saved.ok) return saved;
  }
  const written = await writeWhole(out, `${JSON.stringify(file, null, 2)}\n`);
  if (!written.ok) return written;
  const milliseconds = Math.round(performance.now() - began);
  const { model, inputCommitment, outputs, policy } = file;
  return ok({
    exit: 0,
    json: {
      result: 'made',
      out,
      model,
      ...(policy === undefined ? { outputs } : { policy }),
      inputCommitment,
      nonce,
      soundness,
      memoryMb: needed,
      proofBytes,
      milliseconds,
    },
    text: [
      ...outputLines(file, loaded.value.network),
      `The proof is in ${out}: ${proofBytes} bytes, ${soundnessWords(soundness)}, and it passed the verifier’s check here.`,
      `Check it with: tacit verify ${out} --bundle ${folder}`,
    ].join('\n'),
  });
}

/** Proves on the fast kernels; the check runs on the plain ones. */
async function makeProof(
  { prepared, network, input: { range } }: LoadedModel,
  input: Int32Array,
  nonce: Hash32,
  budget: number,
  stage: (stage: ModelStage) => void,
  say: (text: string) => void,
): Promise<Result<Sealed<ModelMade>>> {
  const provable = modelProvable({ prepared, range, layers: network.nodes.map(({ name }) => name), input, nonce });
  const check = ({ file }: ModelMade) => checkModelFile(() => ok(prepared), JSON.stringify(file, null, 2));
  return withProofKernels(say, (kernels) => proveStatement({ provable, kernels, random, budget, check, onStage: stage }));
}
