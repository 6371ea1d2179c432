// The tables of npm run bench:models, and their place in docs/models.md.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import type { FaceFigures } from '../src/cli/face/evaluate.ts';
import type { QuantizeReport } from '../src/model/index.ts';

export interface Measured {
  readonly model: string;
  readonly nodes: number;
  readonly report: QuantizeReport;
  /** Largest difference of our float reference from onnxruntime, relative to the largest output. */
  readonly previewDifference: number;
  /** Inputs run that the network was not calibrated on, and how many of them left a table. */
  readonly inputs: number;
  readonly evaluationOutOfRange: number;
  readonly milliseconds: number;
  readonly workMiB: number;
  readonly chromiumMilliseconds: number | undefined;
}

const HEADS = [
  'model',
  'nodes',
  'parameters',
  'MACs',
  'activations',
  'float against onnxruntime',
  'bits / shift',
  'error',
  'cosine',
  'margin, bits',
  'accumulators',
  'out of range',
  'ms in Node',
  'ms in Chromium',
  'MiB beside weights',
  'proof s, predicted',
  'total: s more',
]; // prettier-ignore

const margin = (bits: number | null): string => (bits === null ? 'none needed' : `${bits}`);
const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

export const modelRow = ({ model, nodes, report: r, ...m }: Measured): string =>
  line([
    model,
    nodes,
    r.parameters.toLocaleString('en'),
    r.macs.toLocaleString('en'),
    r.activations.toLocaleString('en'),
    m.previewDifference.toExponential(1),
    `${r.bits} / ${r.shift}`,
    Math.max(...r.outputs.map((output) => output.relativeError)).toFixed(4),
    Math.min(...r.outputs.map((output) => output.cosine)).toFixed(5),
    `${margin(r.smallestMarginBits)} (other inputs ${margin(r.smallestEvaluationMarginBits)})`,
    `2^${r.largestAccumulatorBits}`,
    `${m.evaluationOutOfRange} of ${m.inputs}`,
    m.milliseconds,
    m.chromiumMilliseconds ?? '–',
    m.workMiB,
    r.cost.seconds,
    r.totalExtra?.seconds ?? 'not at this precision',
  ]);

export const modelsTable = (rows: readonly Measured[]): string[] => [
  line(HEADS),
  `|${HEADS.map(() => '---').join('|')}|`,
  ...rows.map(modelRow),
];

const FACES = [
  'model',
  'calibrated on',
  'bits / shift',
  '',
  'accuracy',
  'AUC',
  'TAR at FAR 1e-2',
  'TAR at FAR 1e-3',
  'thresholds',
  'out of range',
  'cosine',
];
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function faceRows(name: string, f: FaceFigures): string[] {
  return (['float', 'integer'] as const).map((kind) => {
    const v = f[kind];
    return line([
      kind === 'float' ? name : '',
      kind === 'float' ? '' : f.calibrated,
      kind === 'float' ? '' : `${f.bits} / ${f.shift}`,
      kind,
      percent(v.accuracy),
      v.auc.toFixed(4),
      percent(v.tarAtFar1e2),
      percent(v.tarAtFar1e3),
      `${v.thresholdAtFar1e2.toFixed(3)}, ${v.thresholdAtFar1e3.toFixed(3)}`,
      kind === 'float' ? '' : `${f.outOfRange} of ${f.pictures}`,
      kind === 'float' ? '' : f.cosineFloatInteger.toFixed(5),
    ]);
  });
}

interface Found {
  readonly measured?: Measured;
  readonly faces?: FaceFigures;
}
const store = new URL('../.cache/bench-models/found.json', import.meta.url);

async function found(): Promise<Record<string, Found>> {
  return JSON.parse(await readFile(store, 'utf8').catch(() => '{}')) as Record<string, Found>;
}

/** Keeps what was found of a model, so that the tables can be made a model at a time. */
export async function remember(name: string, part: Found): Promise<void> {
  const all = await found();
  await mkdir(new URL('.', store), { recursive: true });
  await writeFile(store, `${JSON.stringify({ ...all, [name]: { ...all[name], ...part } }, null, 1)}\n`);
}

const document = new URL('../docs/models.md', import.meta.url);
const [BEGIN, END] = ['<!-- npm run bench:models -- --write: begin -->', '<!-- end -->'];

/** Puts the tables of what was found into docs/models.md, in the order of `names`. */
export async function writeDocument(names: readonly string[]): Promise<void> {
  const all = await found();
  const measured = names.flatMap((name) => all[name]?.measured ?? []);
  const faces = names.flatMap((name) => {
    const own = all[name]?.faces;
    return own === undefined ? [] : faceRows(name, own);
  });
  const pairs = names.map((name) => all[name]?.faces).find((own) => own !== undefined);
  const busy = (loadavg()[0] ?? 0) > 1.5 ? ', other work running beside it' : '';
  const lines = [
    BEGIN,
    '',
    `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.versions.node}, one thread, ${new Date().toISOString().slice(0, 10)}${busy}.`,
    '',
    ...modelsTable(measured),
    ...(pairs === undefined
      ? []
      : [
          '',
          `Faces: ${pairs.pairs} pairs, ${pairs.pictures} pictures (a face found in ${pairs.facesFound}).`,
          '',
          line(FACES),
          `|${FACES.map(() => '---').join('|')}|`,
          ...faces,
        ]),
    '',
    END,
  ];
  const text = await readFile(document, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error('docs/models.md has no place for the tables');
  await writeFile(document, `${text.slice(0, from)}${lines.join('\n')}${text.slice(to + END.length)}`);
}
