import { type Peer, peerTable } from './peers.ts';
import type { Measured } from './transparentRun.ts';

export type Samples = readonly number[];

/** One transparent program on one runtime with one number of threads. */
export type Transparent = Measured & {
  readonly program: string;
  readonly runtime: string;
  /** MB of the process at its most: resident set in Node, all renderers (shared pages in proportion) in Chromium. */
  readonly processMb: number;
  /** The same before anything was loaded; in Chromium alone, where the rest is the browser's own. */
  readonly idleMb?: number;
};

/** One program on one runtime. Times in milliseconds, one entry a run. */
export interface Program {
  readonly program: 'credit-score (Groth16)';
  readonly runtime: string;
  readonly threads: number;
  /** `cold`: the first proof of a fresh worker and page. */
  readonly state: 'cold' | 'warm';
  /** The float model's run in a loaded session. */
  readonly previewMs: Samples;
  /** witness + prove + check, with everything between. */
  readonly proveMs: Samples;
  readonly stages: { readonly witness: Samples; readonly prove: Samples };
  readonly verifyMs: Samples;
  /** MiB, peak. Node: resident set of the process. Chromium: all renderer processes of the browser, shared pages in proportion. */
  readonly peakMb: number;
  readonly idleMb: number;
  /** Bytes of the posted body. */
  readonly proofBytes: number;
}

export function median(samples: Samples): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

const span = (samples: Samples | undefined): string => {
  if (samples === undefined || samples.length === 0) return '–';
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  if (samples.length === 1) return whole(samples[0] ?? Number.NaN);
  return `${whole(median(samples))} (${whole(Math.min(...samples))} to ${whole(Math.max(...samples))})`;
};

const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** A Markdown table, as it stands in the README. */
export function table(programs: readonly Program[]): string {
  const rows = programs.map((p) => [
    p.runtime,
    String(p.threads),
    p.state,
    span(p.previewMs),
    span(p.stages.witness),
    span(p.stages.prove),
    span(p.verifyMs),
    span(p.proveMs),
    `${p.peakMb} (idle ${p.idleMb})`,
    String(p.proofBytes),
  ]);
  const head = [
    'runtime',
    'threads',
    '',
    'preview ms',
    'witness ms',
    'prove ms',
    'verify ms',
    'whole proof ms',
    'peak memory MB',
    'bytes posted',
  ];
  return markdown(head, rows);
}

/** Transparent proofs, one row a program, runtime and number of threads; then where the time goes. */
export function transparentTable(rows: readonly Transparent[]): string {
  const whole = (x: number): string => Math.round(x).toLocaleString('en');
  const head = [
    'program',
    'runtime',
    'threads',
    'activations',
    'prove ms',
    'read ms',
    'first ms',
    'processor ms',
    'kernels MB (predicted)',
    'process MB',
    'proof kB',
    'verify ms',
    'bits',
  ];
  const figures = rows.map((r) => [
    r.program,
    r.runtime,
    String(r.threads),
    whole(r.activations),
    `${whole(r.proveMs)} (${whole(r.minMs)} to ${whole(r.maxMs)})`,
    whole(r.prepareMs),
    whole(r.coldMs),
    r.cpuMs === undefined ? '–' : whole(r.cpuMs),
    `${r.peakMb} (${r.predictedPeakMb})`,
    r.idleMb === undefined ? String(r.processMb) : `${r.processMb} (idle ${r.idleMb})`,
    (r.proofBytes / 1000).toFixed(1),
    whole(r.verifyMs),
    r.soundnessBits.toFixed(1),
  ]);
  const names = ['forward', 'witness', 'commit', 'lookups', 'functional', 'inner', 'open'];
  const stages = rows.map((r) => [r.program, r.runtime, String(r.threads), ...names.map((name) => whole(r.stages[name] ?? 0))]);
  return `${markdown(head, figures)}\n\nStages, milliseconds:\n\n${markdown(['program', 'runtime', 'threads', ...names], stages)}`;
}

export interface Fit {
  readonly runtime: string;
  readonly threads: number;
  readonly of: 'prove ms' | 'kernels MB';
  /** value = fixed + perMillion * activations / 10^6. */
  readonly fixed: number;
  readonly perMillion: number;
  readonly r2: number;
}

/** Least squares of time and memory against activations over the family of networks. */
export function fits(rows: readonly Transparent[], family: readonly string[]): Fit[] {
  const groups = new Map<string, Transparent[]>();
  for (const row of rows.filter(({ program }) => family.includes(program))) {
    const key = `${row.runtime} ${row.threads}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length < 3) return [];
    return (['prove ms', 'kernels MB'] as const).map((of): Fit => {
      const points = group.map((row) => [row.activations / 1e6, of === 'prove ms' ? row.proveMs : row.peakMb] as const);
      const mean = (f: (p: readonly [number, number]) => number): number => points.reduce((sum, p) => sum + f(p), 0) / points.length;
      const [x, y] = [mean(([a]) => a), mean(([, b]) => b)];
      const perMillion = mean(([a, b]) => (a - x) * (b - y)) / mean(([a]) => (a - x) ** 2);
      const fixed = y - perMillion * x;
      const rest = mean(([a, b]) => (b - fixed - perMillion * a) ** 2);
      return { runtime: first.runtime, threads: first.threads, of, fixed, perMillion, r2: 1 - rest / mean(([, b]) => (b - y) ** 2) };
    });
  });
}

export const fitTable = (list: readonly Fit[]): string =>
  markdown(
    ['runtime', 'threads', 'of', 'fixed', 'per million activations', 'R²'],
    list.map((f) => [f.runtime, String(f.threads), f.of, f.fixed.toFixed(1), f.perMillion.toFixed(1), f.r2.toFixed(4)]),
  );

/** Everything one run of the benchmark found, as --json prints it. */
export interface Results {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGb: number;
    readonly node: string;
    readonly date: string;
    /** Above the number of cores the machine was busy with other work, and every time is too long. */
    readonly load: number;
  };
  readonly runs: number;
  readonly files: { readonly zkeyBytes: number; readonly wasmBytes: number; readonly constraints: number };
  readonly programs: readonly Transparent[];
  readonly groth16: readonly Program[];
  readonly fits: readonly Fit[];
  readonly peers: readonly Peer[];
  readonly notRun: readonly { readonly program: string; readonly why: string }[];
}

/** The results as Markdown; `family` is the row of networks that the lines are fitted to. */
export function page({ machine, runs, files, programs, groth16, fits, peers, notRun }: Results, family: readonly string[]): string {
  const parts = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, ${machine.date}, load ${machine.load}; medians of ${runs} (min to max).`,
  ];
  if (programs.length > 0) parts.push('## Without a setup', transparentTable(programs));
  parts.push(...notRun.map(({ program, why }) => `${program}: ${why}`));
  if (fits.length > 0) parts.push(`Lines fitted from ${family[0]} to ${family.at(-1)}:`, fitTable(fits));
  if (peers.length > 0) parts.push('## The same networks with snarkjs and circom', peerTable(peers));
  if (groth16.length > 0) {
    parts.push(
      '## The credit statement on Groth16',
      table(groth16),
      `Proving key ${files.zkeyBytes} bytes, witness generator ${files.wasmBytes} bytes, ${files.constraints} constraints.`,
    );
    const browser = groth16.find((program) => program.runtime.startsWith('Chromium') && program.state === 'warm');
    if (browser)
      parts.push(
        `In Chromium a proof takes ${(median(browser.proveMs) / 1000).toFixed(2)} s, median, forward pass, witness and self-check included.`,
      );
  }
  return parts.join('\n\n');
}
