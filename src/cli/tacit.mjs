#!/usr/bin/env node
// The program `tacit`: lets Node run TypeScript (tsx), then hands over to index.ts.
try {
  const { register } = await import('tsx/esm/api');
  register();
} catch {
  console.error('Tacit is not installed yet. Run npm ci in its folder first.');
  process.exit(2);
}
const { run } = await import('./index.ts');
process.exitCode = await run(process.argv.slice(2));
