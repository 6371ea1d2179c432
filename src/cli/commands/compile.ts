import { err, ok, type Result } from '../../base/index.ts';
import {
  commandSeconds,
  type InputCoding,
  integerKind,
  type QuantizeReport,
  quantize,
  rangeCoding,
  rounder,
  type Tensor,
} from '../../model/index.ts';
import { readArguments, usage } from '../arguments.ts';
import { writeBundle } from '../models/bundle.ts';
import { linearEngine } from '../models/kernels.ts';
import { inputsOf, readModel } from '../models/read.ts';
import { arePictures, type InputType, PIXELS, readPixels, readSamples, type Sample } from '../models/samples.ts';
import { stepsOn } from '../progress.ts';
import type { Command } from './command.ts';

const HELP = `tacit compile: turn a model into an exact integer network

Usage
  tacit compile MODEL --calibrate FILES --out FOLDER [OPTIONS]

MODEL is an .onnx or .tflite file, or the model.json of a TF.js model.

Options
  --calibrate FILES  sample inputs: files by commas, a folder, or a pattern with *.
                     .json (numbers), .npy, .csv, .png, .jpg or .f32 (raw
                     float32); rows of a .csv, the first axis of an .npy and a
                     list in a .json are many samples. Four-axis inputs are
                     channels first. Several inputs: NAME=FILE for each, or a
                     .json object of their names
  --evaluate FILES   inputs that it is not calibrated on: the report says how much
                     room they leave, and tables are widened where it is less
                     than a bit
  --random N         without files: N random samples (only to try a model out)
  --shape NAME=N,…   lengths of an input that the file leaves open (NAME= may be
                     left out where there is one input); may be repeated
  --batch N          the first axis is a batch whatever the file says: make it N
  --mean, --std      what pixels of a picture become: (p - mean) / std, one number
                     or three by commas (default 127.5 and 128); kept with the
                     model
  --input-bits N     bits of an input that is not on a grid, 4 to 16 (default 8)
  --input-range NAME=MIN,MAX
                     what an input is proven to lie in, instead of what the
                     samples reach (NAME= as above); may be repeated
  --bits N           bits of an activation, 4 to 12 (default: the least that
                     reaches the target)
  --shift N          the shift all layers share, 3 to 16 (default: bits + 2)
  --target E         largest relative error of the outputs (default 0.03, or
                     0.08 where no bits reach that)
  --total            saturation is part of the meaning: no input in range fails
  --out FOLDER       network.bin, preview.onnx, report.json, manifest.json
  --json             the report as JSON on stdout
`;

const whole = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

/** Repeatable samples in [-1, 1); whole numbers 0 and 1 where an input takes no others. */
function randomSamples(count: number, inputs: readonly InputType[]): Sample[] {
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround(state / 2 ** 31 - 1);
  };
  const value = ({ dtype, shape }: InputType): Tensor => {
    const size = shape.reduce((product, length) => product * length, 1);
    const whole = dtype === 'bool' || integerKind(dtype) !== undefined;
    return { dtype, shape, data: Float64Array.from({ length: size }, () => (whole ? Number(next() > 0) : rounder(dtype)(next()))) };
  };
  return Array.from({ length: count }, () => new Map(inputs.map((input) => [input.name, value(input)])));
}

/** `NAME=N,N` or `N,N` (the name is then empty), each option once. Error: cli/usage. */
function named(
  words: readonly string[],
  option: string,
  fits: (list: readonly number[]) => boolean,
): Result<Map<string, readonly number[]>> {
  const made = new Map<string, readonly number[]>();
  for (const word of words) {
    const [, name = '', numbers = ''] = /^(?:([^=]*)=)?([^=]*)$/.exec(word) ?? [];
    const list = numbers.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    if (!fits(list)) return usage(`--${option} takes ${option === 'shape' ? 'NAME=1,12,8' : 'NAME=MIN,MAX'}`);
    made.set(name, list);
  }
  return ok(made);
}

/** Codings of the inputs whose range is told. Error: cli/usage for a name that no input has. */
function codingsOf(
  ranges: ReadonlyMap<string, readonly number[]>,
  inputs: readonly InputType[],
  bits: number,
): Result<Map<string, InputCoding>> {
  const made = new Map<string, InputCoding>();
  for (const [name, [min = 0, max = 0]] of ranges) {
    const input = name === '' && inputs.length === 1 ? inputs[0] : inputs.find((own) => own.name === name);
    if (input === undefined) return usage(`--input-range: the inputs are ${inputs.map((own) => own.name).join(', ')}`);
    made.set(input.name, rangeCoding(min, max, integerKind(input.dtype) !== undefined || input.dtype === 'bool' ? undefined : bits));
  }
  return ok(made);
}

/** Where values are cut at a last level: only in networks that do that. */
function cutLines({ layers, samples, evaluationInputs }: QuantizeReport): string[] {
  const cut = layers.filter((layer) => layer.cut.possible);
  const over = evaluationInputs === 0 ? '' : `, and in ${evaluationInputs} evaluation inputs`;
  return cut.map(
    (layer) =>
      `${layer.layer} cuts what passes its last level: ${layer.cut.samples} values in ${samples} samples${over === '' ? '' : `${over} ${layer.cut.evaluation}`}`,
  );
}

function refusedLine({ refused }: QuantizeReport): string {
  const share = `${(100 * refused.atMost).toPrecision(2)} %`;
  const tried = refused.over === 'samples' ? `samples, which the ranges were made from` : 'evaluation inputs';
  return `out of range: ${refused.refused} of ${refused.tried} ${tried}; of inputs like them at most ${share}, with 95 % confidence`;
}

export function describe(report: QuantizeReport): string {
  const tight = [...report.layers]
    .filter((layer) => layer.marginBits !== null)
    .sort((a, b) => (a.marginBits ?? 0) - (b.marginBits ?? 0))[0];
  const extra = report.totalExtra;
  const worst = [...report.layers]
    .filter((layer) => layer.relativeError !== null)
    .sort((a, b) => (b.relativeError ?? 0) - (a.relativeError ?? 0))[0];
  return [
    `${report.bits}-bit activations, shift ${report.shift}, ${report.total ? 'total' : 'not total'}, ${report.samples} samples`,
    ...report.inputs.map(
      ({ name, min, max, step }) =>
        `input ${name}: ${Number(min.toPrecision(4))} to ${Number(max.toPrecision(4))}${step === null ? '' : `, multiples of ${Number(step.toPrecision(4))}`}`,
    ),
    ...report.outputs.map(
      (output) =>
        `output ${output.name.split('\u0000')[0]}: relative error ${output.relativeError.toFixed(4)}, cosine ${output.cosine.toFixed(5)}; at worst ${output.worst.difference.toPrecision(3)} off (sample ${output.worst.sample + 1}); decides as the float model in ${(100 * output.agreement).toFixed(1)} % of the samples`,
    ),
    ...(report.target.loosened
      ? [`the target of 0.03 was reached by no number of bits up to 12: this is the smallest within ${report.target.relativeError}`]
      : []),
    ...cutLines(report),
    refusedLine(report),
    ...(worst === undefined ? [] : [`largest error of a layer ${worst.relativeError} (${worst.layer})`]),
    `${report.parameters} parameters, ${report.activations} activations, ${report.macs} multiply-accumulates, accumulators within 2^${report.largestAccumulatorBits}`,
    tight === undefined ? 'no input can leave a table' : `smallest margin ${report.smallestMarginBits} bits (${tight.layer})`,
    ...(report.evaluationInputs === 0 || report.smallestEvaluationMarginBits === null
      ? []
      : [
          `over ${report.evaluationInputs} evaluation inputs ${report.smallestEvaluationMarginBits} bits (${report.evaluationOutOfRange} beside them out of range)`,
        ]),
    `proof: ${report.cost.lookups} lookups, ${report.cost.quadratics} products, ${report.cost.tableRows} table rows, about ${report.cost.seconds} s on one thread of Node (predicted)`,
    `tacit prove takes about ${commandSeconds(report.cost)} s with it (predicted): its start, planning and the check of the proof included`,
    extra === null
      ? 'total, where no input can fail: not at this precision'
      : `total, where no input can fail: ${extra.lookups} lookups, ${extra.tableRows} table rows, ${extra.seconds} s ${report.total ? 'of these' : 'more'}`,
  ].join('\n');
}

export const command: Command = {
  name: 'compile',
  summary: 'turn a model into an exact integer network',
  help: HELP,
  run: async (args, io) => {
    const read = readArguments(args, {
      calibrate: { type: 'string', multiple: true },
      evaluate: { type: 'string', multiple: true },
      shape: { type: 'string', multiple: true },
      batch: { type: 'string' },
      'input-bits': { type: 'string' },
      'input-range': { type: 'string', multiple: true },
      random: { type: 'string' },
      mean: { type: 'string' },
      std: { type: 'string' },
      bits: { type: 'string' },
      shift: { type: 'string' },
      target: { type: 'string' },
      total: { type: 'boolean' },
      out: { type: 'string' },
      json: { type: 'boolean' },
    }); // prettier-ignore
    if (!read.ok) return read;
    const { positionals, text, flag, list } = read.value;
    const [file] = positionals;
    const out = text('out');
    if (file === undefined || positionals.length > 1 || out === undefined) return usage('compile takes one MODEL and --out FOLDER');
    const numbers = ['bits', 'shift', 'target', 'random', 'batch', 'input-bits'].map((name) => whole(text(name)));
    if (numbers.some((value) => value !== undefined && !Number.isFinite(value)))
      return usage('--bits, --shift, --target, --random, --batch and --input-bits take numbers');
    const [bits, shift, target, random, batch, inputBits = 8] = numbers;
    if (!Number.isInteger(inputBits) || inputBits < 4 || inputBits > 16) return usage('--input-bits takes a whole number from 4 to 16');
    const given = readPixels(text('mean'), text('std'));
    if (!given.ok) return given;
    const shapes = named(
      read.value.options('shape'),
      'shape',
      (list) => list.length > 0 && list.every((n) => Number.isInteger(n) && n > 0),
    );
    if (!shapes.ok) return shapes;
    const ranges = named(
      read.value.options('input-range'),
      'input-range',
      (list) => list.length === 2 && list.every(Number.isFinite) && (list[0] as number) < (list[1] as number),
    );
    if (!ranges.ok) return ranges;
    const graph = await readModel(file, { shapes: shapes.value, ...(batch === undefined ? {} : { batch }) });
    if (!graph.ok) return graph;
    const inputs = inputsOf(graph.value);
    const stranger = [...shapes.value.keys()].find((name) => name !== '' && !inputs.some((input) => input.name === name));
    if (stranger !== undefined)
      return usage(`--shape: there is no input ${stranger}; the inputs are ${inputs.map((own) => own.name).join(', ')}`);
    const codings = codingsOf(ranges.value, inputs, inputBits);
    if (!codings.ok) return codings;
    const words = { calibrate: list('calibrate'), evaluate: list('evaluate') };
    const samples: Sample[] = random === undefined ? [] : randomSamples(Math.min(64, Math.max(1, Math.floor(random))), inputs);
    const evaluation: Sample[] = [];
    // Pixels become something where pictures are read or somebody says what; only then it is kept with the model.
    const pictures = await arePictures([...words.calibrate, ...words.evaluate]);
    const pixels = given.value ?? (pictures ? PIXELS : undefined);
    for (const [option, into] of [['calibrate', samples] as const, ['evaluate', evaluation] as const]) {
      const read = await readSamples(words[option], inputs, pixels);
      if (!read.ok) return read.error.code === 'model/input' ? err('model/calibration', read.error.params) : read;
      into.push(...read.value);
    }
    const linear = await linearEngine();
    if (!linear.ok) return linear;
    const options = {
      linear: linear.value,
      onStep: stepsOn(io),
      total: flag('total'),
      evaluation,
      inputBits,
      inputs: codings.value,
      ...(bits === undefined ? {} : { bits }),
      ...(shift === undefined ? {} : { shift }),
      ...(target === undefined ? {} : { target }),
    };
    const made = quantize(graph.value, samples, options);
    if (!made.ok) return made;
    const written = await writeBundle(out, graph.value, made.value, pixels);
    if (!written.ok) return written;
    return ok({
      exit: 0,
      json: { result: 'compiled', model: written.value.model, report: made.value.report },
      text: `${describe(made.value.report)}\nmodel ${written.value.model}\nwritten to ${out}`,
    });
  },
};
