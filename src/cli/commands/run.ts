import { invariant, ok } from '../../base/index.ts';
import { decodeOutput, encodeInput } from '../../model/index.ts';
import { readArguments, usage } from '../arguments.ts';
import { readBundle } from '../models/bundle.ts';
import { kernelNetwork } from '../models/kernels.ts';
import { readPixels, readSample } from '../models/samples.ts';
import type { Command } from './command.ts';

const HELP = `tacit run: run a compiled model on one input, in exact integers

Usage
  tacit run FOLDER --input FILE [--mean M] [--std S] [--json]

FOLDER is what tacit compile wrote. The input is .json, .f32 or .jpg; an input
out of the range the model was compiled for is refused, naming the layer.
`;

export const command: Command = {
  name: 'run',
  summary: 'run a compiled model on one input, in exact integers',
  help: HELP,
  run: async (args) => {
    const read = readArguments(args, {
      input: { type: 'string' },
      mean: { type: 'string' },
      std: { type: 'string' },
      json: { type: 'boolean' },
    });
    if (!read.ok) return read;
    const { positionals, text } = read.value;
    const [folder] = positionals;
    const file = text('input');
    if (folder === undefined || positionals.length > 1 || file === undefined) return usage('run takes one FOLDER and --input FILE');
    const pixels = readPixels(text('mean'), text('std'));
    if (!pixels.ok) return pixels;
    const bundle = await readBundle(folder);
    if (!bundle.ok) return bundle;
    const { network, manifest } = bundle.value;
    const input = network.tensors[network.inputs[0] as number];
    invariant(input !== undefined, 'a checked network has an input');
    const sample = await readSample(file, input.shape, pixels.value);
    if (!sample.ok) return sample;
    const kernels = await kernelNetwork(network);
    if (!kernels.ok) return kernels;
    const started = performance.now();
    const results = kernels.value.run([encodeInput(sample.value, input.scale)]);
    if (!results.ok) return results;
    const milliseconds = Number((performance.now() - started).toFixed(1));
    const outputs = results.value.map((values, index) => {
      const tensor = network.tensors[network.outputs[index] as number];
      invariant(tensor !== undefined, 'outputs are tensors');
      return { shape: tensor.shape, integers: [...values], values: [...decodeOutput(values, tensor.shape, tensor.scale)] };
    });
    const lines = outputs.map(
      ({ shape, values }) =>
        `${shape.join('x')}: ${values
          .slice(0, 16)
          .map((value) => value.toPrecision(5))
          .join(' ')}${values.length > 16 ? ' …' : ''}`,
    ); // prettier-ignore
    return ok({
      exit: 0,
      json: { model: manifest.model, milliseconds, outputs },
      text: `${lines.join('\n')}\n${milliseconds} ms, model ${manifest.model}`,
    });
  },
};
