import { ok, type Result } from '../../src/base/index.ts';
import {
  type AboutOf,
  type MadeOf,
  type TaskOf,
  type TransparentKind,
  type TransparentPlan,
  type TransparentProved,
  type TransparentReport,
  type TransparentStage,
  transparentStages,
} from '../../src/client/transparent/types.ts';
import { type OnPlanning, proofLength } from '../../src/protocol/transparent/index.ts';
import { proverBytes, proveStatement } from '../../src/prove/transparent/index.ts';
import { verifyTransparent } from '../../src/verify/transparent/index.ts';
import { estimateMs, stageEnds } from './estimate.ts';
import { proofKernels } from './kernels.ts';
import { random } from './random.ts';
import { type Prepared, statements } from './statements.ts';

/** Planning tells how far it is no more often. */
const TELL_MS = 250;

/** The last program: another proof of it starts at once. Nothing private is in it. */
let last: { readonly key: string; readonly prepared: Prepared<TransparentKind> } | undefined;

async function prepared<K extends TransparentKind>(kind: K, about: AboutOf<K>, onPlanning?: OnPlanning): Promise<Result<Prepared<K>>> {
  const { keyOf, prepare } = await statements[kind]();
  const key = `${kind} ${keyOf(about)}`;
  if (last?.key === key) return ok(last.prepared as unknown as Prepared<K>);
  last = undefined;
  const made = await prepare(about, onPlanning);
  if (made.ok) last = { key, prepared: made.value as unknown as Prepared<TransparentKind> };
  return made;
}

export async function prepare<K extends TransparentKind>(kind: K, about: AboutOf<K>): Promise<Result<Omit<TransparentPlan, 'budget'>>> {
  const made = await prepared(kind, about);
  if (!made.ok) return made;
  const kernels = await proofKernels();
  if (!kernels.ok) return kernels;
  const { plan } = made.value;
  const estimate = estimateMs(plan, kernels.value.threads);
  return ok({ memoryBytes: proverBytes(plan), proofBytes: proofLength(plan), soundness: plan.soundness, estimateMs: estimate });
}

export interface ProveOptions {
  /** Bytes that the kernels may take. */
  readonly budget: number;
  readonly onProgress: (report: TransparentReport) => void;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** One proof, from a task to what may leave this thread. Errors: those of the statement and of proveStatement. */
export async function prove<K extends TransparentKind>(
  kind: K,
  task: TaskOf<K>,
  { budget, onProgress, now }: ProveOptions,
): Promise<Result<TransparentProved<MadeOf<K>>>> {
  const times = Object.fromEntries(transparentStages.map((stage) => [stage, 0])) as Record<TransparentStage, number>;
  let stage: TransparentStage = 'read';
  let since = now();
  const enter = (next: TransparentStage, estimate?: number): void => {
    const at = now();
    times[stage] += at - since;
    [stage, since] = [next, at];
    onProgress({ stage: next, fraction: stageEnds[next][0], ...(estimate === undefined ? {} : { estimateMs: estimate }) });
  };
  enter('read');
  let told = now();
  const made = await prepared(kind, task, (fraction) => {
    if (now() - told < TELL_MS) return;
    told = now();
    onProgress({ stage: 'read', fraction: fraction * stageEnds.read[1] });
  });
  if (!made.ok) return made;
  const kernels = await proofKernels();
  if (!kernels.ok) return kernels;
  const provable = made.value.provable(task);
  if (!provable.ok) return provable;
  const { plan } = made.value;
  const check = provable.value.check ?? made.value.check;
  const estimate = estimateMs(plan, kernels.value.threads);
  const sealed = proveStatement({
    provable: provable.value,
    kernels: kernels.value,
    random,
    budget,
    check: (file, opened) => check?.(file) ?? verifyTransparent(opened),
    onStage: (next) => enter(next, next === 'forward' ? estimate : undefined),
  });
  times[stage] += now() - since;
  return sealed.ok ? ok({ ...sealed.value, times }) : sealed;
}
