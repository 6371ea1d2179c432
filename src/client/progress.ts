/** Share of the whole job that a download takes, when there is one: it depends on the network, so it is only a picture. */
const DOWNLOAD_SHARE = 0.3;
/** Never shown before it is done. */
const CEILING = 0.98;

export interface Progress<Stage> {
  readonly stage: Stage;
  /** 0 to 1 of the whole job, never falling. */
  readonly fraction: number;
  /** Estimated milliseconds left; undefined before anything is known. */
  readonly msLeft: number | undefined;
}

export interface ProgressMeter<Stage> {
  /** Bytes present of all; call it only when something is to be fetched, and only if `download` is one of the stages. */
  download(bytes: number, total: number): void;
  /** The worker's own stage and fraction, and a better estimate of its whole work when it has one. */
  work(stage: Stage, fraction: number, estimate?: number): void;
  /** What to show now; between two reports it moves on by the clock, ever slower, so that it neither stands still nor runs over. */
  read(): Progress<Stage>;
}

/** `first`: the stage before anything is reported. `estimate`: milliseconds of the work after the download. `now`: milliseconds, monotonic. */
export function createProgressMeter<Stage extends string>(first: Stage, estimate: number, now: () => number): ProgressMeter<Stage> {
  let estimateMs = Math.max(estimate, 1);
  const began = now();
  let stage = first;
  let downloaded: { at: number; first: number; bytes: number; total: number } | undefined;
  let workBegan: number | undefined;
  let reported = { at: began, fraction: 0 };
  let shown = 0;

  /** 0 to 1 of the work after the download. */
  const workNow = (): number => {
    if (workBegan === undefined) return 0;
    const left = CEILING - reported.fraction;
    if (left <= 0) return reported.fraction;
    return reported.fraction + left * (1 - Math.exp(-(now() - reported.at) / (estimateMs * left)));
  };
  const workLeft = (): number => {
    if (workBegan === undefined) return estimateMs;
    const elapsed = now() - workBegan;
    // The estimate counts until the work itself says better.
    const whole = reported.fraction > 0.2 ? (reported.at - workBegan) / reported.fraction : estimateMs;
    return Math.max(whole - elapsed, (1 - workNow()) * estimateMs * 0.2);
  };
  const downloadLeft = (): number | undefined => {
    if (downloaded === undefined) return 0;
    const came = downloaded.bytes - downloaded.first;
    const elapsed = now() - downloaded.at;
    return came <= 0 || elapsed < 500 ? undefined : ((downloaded.total - downloaded.bytes) * elapsed) / came;
  };

  return {
    download(bytes, total) {
      stage = 'download' as Stage;
      downloaded ??= { at: now(), first: bytes, bytes, total };
      downloaded.bytes = bytes;
    },
    work(next, fraction, better) {
      stage = next;
      if (better !== undefined) estimateMs = Math.max(better, 1);
      workBegan ??= now();
      reported = { at: now(), fraction: Math.max(reported.fraction, Math.min(fraction, 1)) };
    },
    read() {
      const share = downloaded === undefined ? 0 : DOWNLOAD_SHARE;
      const fetched = downloaded === undefined ? 0 : downloaded.bytes / downloaded.total;
      const fraction = workBegan === undefined ? share * fetched : share + (1 - share) * workNow();
      shown = Math.max(shown, fraction);
      const before = workBegan === undefined ? downloadLeft() : 0;
      return { stage, fraction: shown, msLeft: before === undefined ? undefined : Math.round(before + workLeft()) };
    },
  };
}
