// `npm run ci`: everything slower than `npm test`: lint, types, rules of the house, licences, builds, browser e2e.
// Closes with one plain line that counts the steps and the e2e tests.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache, install, npm, root, run } from './lib.mjs';

install();
let passed = 0;
let failed = 0;

async function step(name, work) {
  const began = Date.now();
  let green = false;
  try {
    green = await work();
  } catch (error) {
    console.error(error);
  }
  if (green) passed++;
  else failed++;
  console.log(`${green ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}

const node = (...args) => run(process.execPath, args);

await step('lint', () => node('node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.'));
await step('types and room references', () => node('node_modules/typescript/bin/tsc', '-b'));
await step('rules of the house', rulesOfTheHouse);
await step('build of the app', () => npm(['run', 'build', '--silent'], { quiet: true }));
await step('build of the verifier', () => npm(['run', 'build', '--silent', '-w', 'server'], { quiet: true }));
await step('licences of the verifier', () => npm(['run', 'licences', '--silent', '-w', 'server']));
await step('size of the verify room', () => npm(['run', 'size', '--silent']));
await step('published models, by their hashes', () => npm(['run', 'models', '--silent', '--', 'ci', 'train', 'evaluate']));
await step('face networks made anew are the committed ones', () => npm(['run', 'face:compile', '--silent', '--', '--check']));
await step('backend cases of the ONNX project', backendCases);
await step('models from file to integers: MobileFaceNet-192, digit net, credit MLP', () =>
  npm(['run', 'bench:models', '--silent', '--', '--only', 'mobilefacenet-192,digit-net,credit MLP', '--samples', '8']),
);
await step('integer kernels in Chromium', () => npm(['run', 'kernels:chromium', '--silent']));
await endToEnd();

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function rulesOfTheHouse() {
  const { check } = await import('./rules.mjs');
  const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const text = tracked.filter((path) => /\.(ts|tsx|mjs|mts)$/.test(path) && existsSync(join(root, path)));
  let green = true;
  for (const { name, seen, wrong } of check(new Map(text.map((path) => [path, readFileSync(join(root, path), 'utf8')])))) {
    console.log(`  ${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${seen} seen)`);
    for (const sentence of wrong) console.log(`         ${sentence}`);
    green &&= wrong.length === 0;
  }
  return green;
}

/** Debian's libonnx-testdata through the importer: no wrong answer. Where it is absent CI fails, and anybody else is told. */
function backendCases() {
  const folder = '/usr/share/libonnx-testdata/data';
  if (existsSync(folder)) return node('src/cli/tacit.mjs', 'conformance', folder);
  console.log('  not run: libonnx-testdata is absent (apt-get install libonnx-testdata)');
  return process.env.CI !== 'true';
}

async function endToEnd() {
  const report = join(cache, 'e2e.json');
  rmSync(report, { force: true });
  const green = run(process.execPath, ['node_modules/@playwright/test/cli.js', 'test', '--config', 'e2e/playwright.config.ts'], {
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  });
  try {
    const { stats } = JSON.parse(readFileSync(report, 'utf8'));
    passed += stats.expected;
    failed += stats.unexpected + stats.flaky;
    if (!green && stats.unexpected === 0) failed++;
    if (stats.expected === 0) failed++;
  } catch {
    console.error('The browser tests left no report.');
    failed++;
  }
}
