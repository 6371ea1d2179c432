import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { halve, type Planes, print, replay } from '../../../circuits/face/attacks.ts';
import { FRAME_SPEC } from '../../../circuits/face/index.ts';
import type { IntegerNetwork } from '../../../workers/kernel/integer/index.ts';
import { err, invariant, ok, type Result } from '../../base/index.ts';
import { frameTransform, type Picture, planesOf, resample } from '../../face/index.ts';
import { readArguments, usage } from '../arguments.ts';
import type { Aligner } from '../face/align.ts';
import { lockedAligner } from '../face/frames.ts';
import { faceNetworks } from '../face/networks.ts';
import { floatRunner } from '../face/runtime.ts';
import { kernelNetwork } from '../models/kernels.ts';
import { lockedGraph } from '../models/locked.ts';
import { readBytes } from '../models/read.ts';
import { readPicture } from '../models/samples.ts';
import type { Command } from './command.ts';

const HELP = `tacit eval-spoof: what the anti-spoof networks say about pictures

Usage
  tacit eval-spoof --images DIR[,DIR…] [OPTIONS]

Every picture below DIR with a face is taken as it is (a network that refuses it
rejects a person), and twice more as a simulated attack: printed (blur, gamma,
colour cast, dots, paper) and shown on a screen (moire, gamma, reflection). The
simulation is in circuits/face/attacks.ts; what it says of real attacks is not
known: attack detection is not independently measured.

Options
  --every N       only every Nth picture
  --antispoof     also the network "antispoof" (128x128), which is not proven
  --strength S    of the simulated attacks, 1 being typical (default 1)
  --json          the figures as JSON on stdout
`;

/** Cuts whose rejections are printed. */
const CUTS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9];
const KINDS = ['real', 'print', 'replay'] as const;
type Kind = (typeof KINDS)[number];

async function jpegsBelow(folder: string): Promise<Result<string[]>> {
  try {
    const entries = await readdir(folder, { recursive: true });
    return ok(
      entries
        .filter((name) => /\.jpe?g$/i.test(name))
        .sort()
        .map((name) => join(folder, name)),
    );
  } catch {
    return err('cli/file', { file: folder, what: 'it cannot be listed' });
  }
}

/** The frame at twice its resolution, on which attacks are simulated. */
function doubled(picture: Picture, five: Parameters<typeof frameTransform>[0]): Planes | undefined {
  const { size, scale, offset } = FRAME_SPEC;
  // Pixel 2u + i of the double frame lies a quarter of a pixel beside pixel u.
  const spec = { size: 2 * size, scale: 2 * scale, offset: 2 * offset + 0.5 };
  const toPicture = frameTransform(five, spec);
  const pixels = toPicture && resample(picture, spec.size, toPicture);
  return pixels && { size: spec.size, data: Float64Array.from(planesOf(pixels, spec.size)) };
}

const attacked = (double: Planes, kind: Kind, strength: number, seed: number): Planes =>
  halve(kind === 'real' ? double : kind === 'print' ? print(double, strength, seed) : replay(double, strength, seed));

/** Area means of [3][from][from] at [3][to][to], for any ratio. */
function shrink(data: ArrayLike<number>, from: number, to: number): Float64Array {
  const ratio = from / to;
  return Float64Array.from({ length: 3 * to * to }, (_, i) => {
    const [c, y, x] = [Math.floor(i / (to * to)), (Math.floor(i / to) % to) * ratio, (i % to) * ratio];
    let sum = 0;
    for (let v = Math.floor(y); v < y + ratio; v++)
      for (let u = Math.floor(x); u < x + ratio; u++)
        sum +=
          (Math.min(v + 1, y + ratio) - Math.max(v, y)) *
          (Math.min(u + 1, x + ratio) - Math.max(u, x)) *
          (data[(c * from + v) * from + u] as number);
    return sum / (ratio * ratio);
  });
}

interface Network {
  readonly name: string;
  /** Probability of being live. */
  readonly score: (frame: Int32Array) => Promise<Result<number>>;
}

async function floatNetwork(id: string, side: number): Promise<Result<Network>> {
  const graph = await lockedGraph(id);
  if (!graph.ok) return graph;
  const run = await floatRunner(graph.value);
  return ok({
    name: `${id}, float`,
    score: async (frame) => ok((await run(shrink(frame, FRAME_SPEC.size, side).map((p) => Math.round(p) / 255)))[0]?.[0] ?? 0),
  });
}

/** The committed integer network, as the statement reads the frame. */
async function provenNetwork(): Promise<Result<Network & { least: number }>> {
  const networks = await faceNetworks();
  if (!networks.ok) return networks;
  const kernels = await kernelNetwork(networks.value.antispoof);
  if (!kernels.ok) return kernels;
  const network: IntegerNetwork = kernels.value;
  const scale = networks.value.antispoof.tensors[networks.value.antispoof.outputs[0] as number]?.scale;
  invariant(typeof scale === 'number', 'logits have one scale');
  const { scoreShift, leastScore } = networks.value;
  const probability = (score: number): number => 1 / (1 + Math.exp(-score * scale * 2 ** scoreShift));
  return ok({
    name: 'liveness, as proven',
    least: probability(leastScore),
    score: async (frame) => {
      const run = network.run([Int32Array.from(shrink(frame, FRAME_SPEC.size, 32), (p) => Math.floor(p + 0.5))]);
      if (!run.ok) return run;
      const [live = 0, attack = 0] = run.value[0] ?? [];
      return ok(probability(Math.floor((live - attack) / 2 ** scoreShift + 0.5)));
    },
  });
}

interface Row {
  readonly network: string;
  readonly set: string;
  readonly kind: Kind;
  readonly pictures: number;
  readonly outOfRange: number;
  /** Share of the pictures below each cut: false rejections of the real ones, detections of the others. */
  readonly rejected: readonly { readonly cut: number; readonly share: number }[];
}

async function measure(
  files: readonly string[],
  set: string,
  aligner: Aligner,
  networks: readonly Network[],
  cuts: readonly number[],
  strength: number,
): Promise<Result<Row[]>> {
  const scores = new Map<string, number[]>();
  const failed = new Map<string, number>();
  for (const [i, file] of files.entries()) {
    const bytes = await readBytes(file, 32 * 2 ** 20);
    if (!bytes.ok) return bytes;
    const picture = readPicture(bytes.value);
    if (!picture.ok) return picture;
    const aligned = await aligner.align(picture.value, FRAME_SPEC);
    if (!aligned.ok) return aligned;
    const double = aligned.value.seen.faces.length === 0 ? undefined : doubled(picture.value, aligned.value.seen.five);
    if (double === undefined) continue;
    for (const kind of KINDS) {
      const frame = Int32Array.from(attacked(double, kind, strength, i).data, Math.round);
      for (const { name, score } of networks) {
        const key = `${name}/${kind}`;
        const value = await score(frame);
        if (value.ok) scores.set(key, [...(scores.get(key) ?? []), value.value]);
        else failed.set(key, (failed.get(key) ?? 0) + 1);
      }
    }
  }
  return ok(
    networks.flatMap(({ name }) =>
      KINDS.map((kind): Row => {
        const values = scores.get(`${name}/${kind}`) ?? [];
        const share = (cut: number): number => values.filter((value) => value < cut).length / Math.max(1, values.length);
        return {
          network: name,
          set,
          kind,
          pictures: values.length,
          outOfRange: failed.get(`${name}/${kind}`) ?? 0,
          rejected: cuts.map((cut) => ({ cut: Number(cut.toFixed(4)), share: share(cut) })),
        };
      }),
    ),
  );
}

export const command: Command = {
  name: 'eval-spoof',
  summary: 'what the anti-spoof networks say about pictures and simulated attacks',
  help: HELP,
  run: async (args, io) => {
    const read = readArguments(args, {
      images: { type: 'string' },
      every: { type: 'string' },
      antispoof: { type: 'boolean' },
      strength: { type: 'string' },
      json: { type: 'boolean' },
    }); // prettier-ignore
    if (!read.ok) return read;
    const { positionals, text, flag } = read.value;
    const images = text('images');
    const [every, strength] = [Number(text('every') ?? 1), Number(text('strength') ?? 1)];
    if (positionals.length > 0 || images === undefined) return usage('eval-spoof takes --images DIR');
    if (!Number.isInteger(every) || every < 1 || !(strength >= 0 && strength <= 4))
      return usage('--every takes a whole number, --strength one from 0 to 4');
    const aligner = await lockedAligner();
    if (!aligner.ok) return aligner;
    const proven = await provenNetwork();
    if (!proven.ok) return proven;
    const networks: Network[] = [proven.value];
    for (const [id, side] of [['liveness', 32], ...(flag('antispoof') ? ([['antispoof', 128]] as const) : [])] as const) {
      const network = await floatNetwork(id, side);
      if (!network.ok) return network;
      networks.push(network.value);
    }
    const { least } = proven.value;
    const cuts = [...CUTS.filter((cut) => Math.abs(cut - least) > 0.005), least].sort((a, b) => a - b);
    const rows: Row[] = [];
    for (const folder of images.split(',')) {
      const files = await jpegsBelow(folder);
      if (!files.ok) return files;
      io.err(`${folder}: ${Math.ceil(files.value.length / every)} pictures\n`);
      const measured = await measure(
        files.value.filter((_, i) => i % every === 0),
        folder,
        aligner.value,
        networks,
        cuts,
        strength,
      );
      if (!measured.ok) return measured;
      rows.push(...measured.value);
    }
    return ok({
      exit: 0,
      json: { least, strength, rows },
      text: [
        `Share rejected below a probability of being live (the statement asks for ${least.toFixed(3)}). Real pictures: false rejections;`,
        'print and replay: detections of simulated attacks. Attack detection is not independently measured.',
        ...images
          .split(',')
          .flatMap((set) => [
            '',
            set,
            `${'network'.padEnd(22)}${'pictures'.padEnd(16)}${cuts.map((cut) => cut.toFixed(2).padStart(8)).join('')}`,
            ...rows
              .filter((row) => row.set === set)
              .map(
                ({ network, kind, pictures, rejected }) =>
                  `${network.padEnd(22)}${`${kind} ${pictures}`.padEnd(16)}${rejected.map(({ share }) => `${(100 * share).toFixed(1)} %`.padStart(8)).join('')}`,
              ),
          ]),
      ].join('\n'),
    });
  },
};
