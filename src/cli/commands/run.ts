import { invariant, ok } from '../../base/index.ts';
import { decodeOutput, encodeInput, type IntTensor, type Tensor } from '../../model/index.ts';
import { readArguments, usage } from '../arguments.ts';
import { readBundle } from '../models/bundle.ts';
import { kernelNetwork } from '../models/kernels.ts';
import { pixelsFor } from '../models/pixels.ts';
import { inputType, readSample } from '../models/samples.ts';
import type { Command } from './command.ts';

const HELP = `tacit run: run a compiled model on one input, in exact integers

Usage
  tacit run FOLDER --input FILE [--json]

FOLDER is what tacit compile wrote. The input is a .json, .npy, .csv, .png, .jpg
or .f32 file; several inputs are one --input NAME=FILE each, or a .json object of
their names. Pixels become what they became when the model was compiled. An input
out of the range the model was compiled for is refused, naming what leaves it.
`;

export const command: Command = {
  name: 'run',
  summary: 'run a compiled model on one input, in exact integers',
  help: HELP,
  run: async (args) => {
    const read = readArguments(args, {
      input: { type: 'string', multiple: true },
      mean: { type: 'string' },
      std: { type: 'string' },
      json: { type: 'boolean' },
    });
    if (!read.ok) return read;
    const { positionals, text, list } = read.value;
    const [folder] = positionals;
    const files = list('input');
    if (folder === undefined || positionals.length > 1 || files.length === 0) return usage('run takes one FOLDER and --input FILE');
    const bundle = await readBundle(folder);
    if (!bundle.ok) return bundle;
    const { network, manifest } = bundle.value;
    const pixels = pixelsFor(manifest, text('mean'), text('std'));
    if (!pixels.ok) return pixels;
    const inputs = network.inputs.map((id) => network.tensors[id] as IntTensor);
    const sample = await readSample(
      files,
      inputs.map((input, i) => inputType(input, manifest.steps[i])),
      pixels.value,
    );
    if (!sample.ok) return sample;
    const kernels = await kernelNetwork(network);
    if (!kernels.ok) return kernels;
    const started = performance.now();
    const results = kernels.value.run(inputs.map(({ name, scale }) => encodeInput(sample.value.get(name) as Tensor, scale)));
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
