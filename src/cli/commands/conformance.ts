import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { err, ok, type Result } from '../../base/index.ts';
import { type ConformanceOutcome, runConformanceCase } from '../../model/index.ts';
import { readArguments, usage } from '../arguments.ts';
import { readBytes } from '../models/read.ts';
import type { Command } from './command.ts';

const HELP = `tacit conformance: check the ONNX importer against ONNX's own backend cases

Usage
  tacit conformance DIR [--json]

DIR holds folders, at any depth, with a model.onnx and test_data_set_* folders of
input_N.pb and output_N.pb (the onnx-cases, or Debian's libonnx-testdata). Prints
how many passed, failed (a wrong answer) and are unsupported, with the reasons.
Exits 1 if a case fails.
`;

async function casesIn(folder: string, depth = 0): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.name === 'model.onnx')) return [folder];
  if (depth > 4) return [];
  const nested = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => casesIn(join(folder, entry.name), depth + 1)),
  );
  return nested.flat().sort();
}

async function runCase(folder: string): Promise<Result<ConformanceOutcome>> {
  const model = await readBytes(join(folder, 'model.onnx'));
  if (!model.ok) return model;
  const sets = (await readdir(folder)).filter((name) => name.startsWith('test_data_set_')).sort();
  let last: ConformanceOutcome | undefined;
  for (const set of sets) {
    const names = await readdir(join(folder, set));
    const part = async (kind: string): Promise<Uint8Array[]> => {
      const ordered = names
        .filter((name) => name.startsWith(`${kind}_`))
        .sort((a, b) => Number.parseInt(a.slice(kind.length + 1), 10) - Number.parseInt(b.slice(kind.length + 1), 10));
      const files = await Promise.all(ordered.map((name) => readBytes(join(folder, set, name))));
      return files.flatMap((file) => (file.ok ? [file.value] : []));
    };
    last = runConformanceCase({ model: model.value, inputs: await part('input'), outputs: await part('output') });
    if (last.status !== 'passed') break;
  }
  return last === undefined ? err('cli/file', { file: folder, what: 'it has no test data' }) : ok(last);
}

export const command: Command = {
  name: 'conformance',
  summary: "check the ONNX importer against ONNX's own cases",
  help: HELP,
  run: async (args) => {
    const read = readArguments(args, { json: { type: 'boolean' } });
    if (!read.ok) return read;
    const [folder] = read.value.positionals;
    if (folder === undefined || read.value.positionals.length > 1) return usage('conformance takes one DIR');
    const there = await stat(folder).catch(() => undefined);
    if (there?.isDirectory() !== true) return err('cli/file', { file: folder, what: 'there is no such folder' });
    const cases = await casesIn(folder);
    if (cases.length === 0) return err('cli/file', { file: folder, what: 'it holds no cases' });
    const counts = { passed: 0, failed: 0, unsupported: 0 };
    const listed = { cases: 0, passed: 0 };
    const problems: { case: string; status: string; reason: string; inList: boolean }[] = [];
    for (const path of cases) {
      const outcome = await runCase(path);
      if (!outcome.ok) return outcome;
      const { status, inList, reason } = outcome.value;
      counts[status]++;
      if (inList) listed.cases++;
      if (inList && status === 'passed') listed.passed++;
      if (status !== 'passed') problems.push({ case: relative(folder, path), status, reason, inList });
    }
    const share = listed.cases === 0 ? 0 : (100 * listed.passed) / listed.cases;
    const shown = problems
      .filter((problem) => problem.status === 'failed' || problem.inList)
      .map((problem) => `${problem.status} ${problem.case}: ${problem.reason}`);
    const text = [
      ...shown,
      `${cases.length} cases: ${counts.passed} passed, ${counts.failed} failed, ${counts.unsupported} unsupported`,
      `of the ${listed.cases} whose ops are all in the table: ${listed.passed} passed (${share.toFixed(1)} %)`,
    ].join('\n');
    return ok({ exit: counts.failed > 0 ? 1 : 0, json: { ...counts, listed, problems }, text });
  },
};
