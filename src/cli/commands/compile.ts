import { err, ok } from '../../base/index.ts';
import { type QuantizeReport, quantize, type Tensor } from '../../model/index.ts';
import { readArguments, usage } from '../arguments.ts';
import { writeBundle } from '../models/bundle.ts';
import { onlyInput, readModel } from '../models/read.ts';
import { readPixels, readSample } from '../models/samples.ts';
import type { Command } from './command.ts';

const HELP = `tacit compile: turn a model into an exact integer network

Usage
  tacit compile MODEL --calibrate FILE[,FILE…] --out FOLDER [OPTIONS]

MODEL is an .onnx or .tflite file, or the model.json of a TF.js model.

Options
  --calibrate FILES  sample inputs: .json (numbers), .f32 (raw float32) or .jpg.
                     Four-axis inputs are channels first.
  --evaluate FILES   inputs that it is not calibrated on: the report says how much
                     room they leave, and tables are widened where it is less
                     than a bit
  --random N         without files: N random samples (only to try a model out)
  --mean, --std      what pixels of a .jpg become: (p - mean) / std, one number
                     or three by commas (default 127.5 and 128)
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

/** Repeatable samples in [-1, 1). */
function randomSamples(count: number, shape: readonly number[]): Tensor[] {
  let state = 1;
  const size = shape.reduce((product, length) => product * length, 1);
  return Array.from({ length: count }, () => ({
    dtype: 'float32' as const,
    shape,
    data: Float64Array.from({ length: size }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.fround(state / 2 ** 31 - 1);
    }),
  }));
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
    ...report.outputs.map((output) => `output: relative error ${output.relativeError.toFixed(4)}, cosine ${output.cosine.toFixed(5)}`),
    ...(worst === undefined ? [] : [`largest error of a layer ${worst.relativeError} (${worst.layer})`]),
    `${report.parameters} parameters, ${report.activations} activations, ${report.macs} multiply-accumulates, accumulators within 2^${report.largestAccumulatorBits}`,
    tight === undefined ? 'no input can leave a table' : `smallest margin ${report.smallestMarginBits} bits (${tight.layer})`,
    ...(report.evaluationInputs === 0 || report.smallestEvaluationMarginBits === null
      ? []
      : [
          `over ${report.evaluationInputs} evaluation inputs ${report.smallestEvaluationMarginBits} bits (${report.evaluationOutOfRange} beside them out of range)`,
        ]),
    `proof: ${report.cost.lookups} lookups, ${report.cost.quadratics} products, ${report.cost.tableRows} table rows, about ${report.cost.seconds} s on one thread (predicted)`,
    extra === null
      ? 'total, where no input can fail: not at this precision'
      : `total, where no input can fail: ${extra.lookups} lookups, ${extra.tableRows} table rows, ${extra.seconds} s ${report.total ? 'of these' : 'more'}`,
  ].join('\n');
}

export const command: Command = {
  name: 'compile',
  summary: 'turn a model into an exact integer network',
  help: HELP,
  run: async (args) => {
    const read = readArguments(args, {
      calibrate: { type: 'string' },
      evaluate: { type: 'string' },
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
    const { positionals, text, flag } = read.value;
    const [file] = positionals;
    const out = text('out');
    if (file === undefined || positionals.length > 1 || out === undefined) return usage('compile takes one MODEL and --out FOLDER');
    const numbers = ['bits', 'shift', 'target', 'random'].map((name) => whole(text(name)));
    if (numbers.some((value) => value !== undefined && !Number.isFinite(value)))
      return usage('--bits, --shift, --target and --random take numbers');
    const [bits, shift, target, random] = numbers;
    const pixels = readPixels(text('mean'), text('std'));
    if (!pixels.ok) return pixels;
    const graph = await readModel(file);
    if (!graph.ok) return graph;
    const input = onlyInput(graph.value);
    if (!input.ok) return input;
    const samples: Tensor[] = random === undefined ? [] : randomSamples(Math.min(64, Math.max(1, Math.floor(random))), input.value.shape);
    const evaluation: Tensor[] = [];
    for (const [option, into] of [['calibrate', samples] as const, ['evaluate', evaluation] as const])
      for (const path of text(option)?.split(',') ?? []) {
        const sample = await readSample(path, input.value.shape, pixels.value);
        if (!sample.ok) return sample.error.code === 'model/input' ? err('model/calibration', sample.error.params) : sample;
        into.push(sample.value);
      }
    const options = {
      total: flag('total'),
      evaluation: evaluation.map((sample) => new Map([[input.value.name, sample]])),
      ...(bits === undefined ? {} : { bits }),
      ...(shift === undefined ? {} : { shift }),
      ...(target === undefined ? {} : { target }),
    };
    const made = quantize(
      graph.value,
      samples.map((sample) => new Map([[input.value.name, sample]])),
      options,
    ); // prettier-ignore
    if (!made.ok) return made;
    const written = await writeBundle(out, graph.value, made.value);
    if (!written.ok) return written;
    return ok({
      exit: 0,
      json: { result: 'compiled', model: written.value.model, report: made.value.report },
      text: `${describe(made.value.report)}\nmodel ${written.value.model}\nwritten to ${out}`,
    });
  },
};
