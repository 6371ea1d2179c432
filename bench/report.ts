export type Samples = readonly number[];

/** One program on one runtime. Times in milliseconds, one entry a run. */
export interface Program {
  readonly program: 'credit-score (Groth16)';
  readonly runtime: string;
  readonly threads: number;
  /** `cold`: the first proof of a fresh worker and page. */
  readonly state: 'cold' | 'warm';
  /** Float preview, in the browser only. */
  readonly previewMs?: Samples;
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
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
