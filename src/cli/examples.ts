import { ok, type Result } from '../base/index.ts';
import { type Options, readArguments, usage } from './arguments.ts';
import { rateApplicants } from './example.ts';
import type { Io, Outcome } from './outcome.ts';
import { thresholdOf } from './prove.ts';
import { bundlesOf, percentOf, readStatement } from './statement.ts';

export const options = { threshold: { type: 'string' }, bundles: { type: 'string' }, json: { type: 'boolean' } } satisfies Options;

/** `tacit examples`: the shipped applicants, and whether each passes the threshold. */
export async function examples(args: readonly string[], io: Io): Promise<Result<Outcome>> {
  const read = readArguments(args, options);
  if (!read.ok) return read;
  if (read.value.positionals.length > 0) return usage('tacit examples takes no word');
  const store = await bundlesOf(read.value, io);
  if (!store.ok) return store;
  const bundle = store.value.current('credit-score', 'groth16');
  if (!bundle.ok) return bundle;
  const statement = await readStatement(bundle.value);
  if (!statement.ok) return statement;
  const threshold = await thresholdOf(read.value, bundle.value);
  if (!threshold.ok) return threshold;
  const rated = await rateApplicants(statement.value, threshold.value);
  if (!rated.ok) return rated;
  const rows = rated.value;
  const { model } = statement.value;
  const wide = Math.max(...rows.map(({ id }) => id.length));
  return ok({
    exit: 0,
    json: {
      result: 'listed',
      threshold: threshold.value,
      applicants: rows.map(({ id, label, score, passes }) => ({ id, label, score, passes })),
    },
    text: [
      `Applicants the model never saw; the threshold is ${threshold.value} (${percentOf(threshold.value, model)}).`,
      ...rows.map(
        (row) => `${row.id.padEnd(wide)}  ${row.passes ? 'passes' : 'fails '}  ${percentOf(row.score, model).padStart(7)}  ${row.label}`,
      ),
    ].join('\n'),
  });
}
