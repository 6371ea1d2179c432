// `npm test`: installs what is missing, then runs every suite that needs no browser and closes with one plain line.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache, install, root, run } from './lib.mjs';

install();
const report = join(cache, 'vitest.json');
mkdirSync(cache, { recursive: true });
rmSync(report, { force: true });
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const green = run(process.execPath, [
  vitest,
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);
let passed = 0;
let failed = 0;
try {
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  passed = numPassedTests;
  failed = green ? numFailedTests : Math.max(1, numFailedTests); // a suite that cannot be loaded fails no single test
} catch {
  failed = 1;
}
if (passed === 0) failed = Math.max(failed, 1); // a run that saw no test has not passed
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
