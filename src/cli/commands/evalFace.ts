import { ok, type Result } from '../../base/index.ts';
import type { Graph } from '../../model/index.ts';
import { readArguments, usage } from '../arguments.ts';
import { alignPictures, describeFigures, evaluateFaceModel, type FacePair, readPairs } from '../face/evaluate.ts';
import { framesOf } from '../face/frames.ts';
import { describeStatement, evaluateStatement } from '../face/statement.ts';
import { lockedGraph } from '../models/locked.ts';
import { readModel } from '../models/read.ts';
import { PIXELS, readPixels } from '../models/samples.ts';
import type { Outcome } from '../outcome.ts';
import type { Command } from './command.ts';

const HELP = `tacit eval-face: how well a face model tells persons apart, in float and in integers

Usage
  tacit eval-face --images DIR --pairs CSV [OPTIONS]

The CSV has a line "fold,same,name_a,index_a,name_b,index_b" a pair; pictures are
DIR/NAME/NAME_0001.jpg. Each picture is aligned (BlazeFace, FaceMesh, ArcFace's
template) by models fetched through circuits/models.lock.json.

Options
  --model M          a model file, or an id of the lock (default mobilefacenet-192)
  --mean, --std      what pixels become: (p - mean) / std (default 127.5 and 128)
  --bits N           bits of an activation (default: the least that reach the target)
  --target E         largest relative error of the templates on the pictures it
                     is calibrated on (default 0.03, or 0.08 where no bits
                     reach that)
  --calibrate N      pictures to calibrate on, evenly spread (default 24)
  --limit N          only the first N pairs of each fold
  --statement        the networks that face-enrol and face-match prove, as they
                     are committed, over the canonical frame; with a table of
                     error rates by threshold
  --frames DIR       keep the aligned frames there for the next time
  --floats N         with --statement: the float network sees the first N
                     pictures only (default all)
  --json             the figures as JSON on stdout
`;

/** A model file, or an id of the lock. */
const namedGraph = (named: string): Promise<Result<Graph>> =>
  /\.(?:onnx|tflite|json)$/.test(named) ? readModel(named, { batch: 1 }) : lockedGraph(named);

async function statement(
  pairs: readonly FacePair[],
  folder: string | undefined,
  floats: number,
  say: (line: string) => void,
): Promise<Result<Outcome>> {
  const files = [...new Set(pairs.flatMap((pair) => pair.files))];
  const frames = await framesOf(files, folder, say);
  if (!frames.ok) return frames;
  const evaluated = await evaluateStatement(frames.value, pairs, floats, say);
  if (!evaluated.ok) return evaluated;
  const found = [...frames.value.values()].filter((frame) => frame.found).length;
  const json = { pictures: files.length, facesFound: found, pairs: pairs.length, ...evaluated.value };
  return ok({ exit: 0, json, text: describeStatement(json).join('\n') });
}

export const command: Command = {
  name: 'eval-face',
  summary: 'how well a face model tells persons apart, float and integer',
  help: HELP,
  run: async (args, io) => {
    const read = readArguments(args, {
      images: { type: 'string' },
      pairs: { type: 'string' },
      model: { type: 'string' },
      mean: { type: 'string' },
      std: { type: 'string' },
      bits: { type: 'string' },
      target: { type: 'string' },
      calibrate: { type: 'string' },
      limit: { type: 'string' },
      statement: { type: 'boolean' },
      frames: { type: 'string' },
      floats: { type: 'string' },
      json: { type: 'boolean' },
    }); // prettier-ignore
    if (!read.ok) return read;
    const { positionals, text, flag } = read.value;
    const [images, list] = [text('images'), text('pairs')];
    if (positionals.length > 0 || images === undefined || list === undefined) return usage('eval-face takes --images DIR and --pairs CSV');
    const optional = (name: string): number | undefined => (text(name) === undefined ? undefined : Number(text(name)));
    const [calibrate, limit, bits, target] = [
      Number(text('calibrate') ?? 24),
      Number(text('limit') ?? Number.POSITIVE_INFINITY),
      optional('bits'),
      optional('target'),
    ];
    if (!(calibrate >= 1) || !(limit >= 2) || (bits !== undefined && !Number.isInteger(bits)) || Number.isNaN(target))
      return usage('--calibrate, --limit, --bits and --target take numbers');
    const pixels = readPixels(text('mean'), text('std'));
    if (!pixels.ok) return pixels;
    const pairs = await readPairs(list, images, limit);
    if (!pairs.ok) return pairs;
    if (flag('statement'))
      return statement(pairs.value, text('frames'), Number(text('floats') ?? Number.POSITIVE_INFINITY), (line) => io.err(line));
    const named = text('model') ?? 'mobilefacenet-192';
    const graph = await namedGraph(named);
    if (!graph.ok) return graph;
    const files = [...new Set(pairs.value.flatMap((pair) => pair.files))];
    const aligned = await alignPictures(files, text('frames'), (line) => io.err(line));
    if (!aligned.ok) return aligned;
    const options = { calibrate, ...(bits === undefined ? {} : { bits }), ...(target === undefined ? {} : { target }) };
    const figures = await evaluateFaceModel(graph.value, pixels.value ?? PIXELS, aligned.value, pairs.value, options);
    if (!figures.ok) return figures;
    return ok({ exit: 0, json: { model: named, ...figures.value }, text: describeFigures(named, figures.value).join('\n') });
  },
};
