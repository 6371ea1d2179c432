#!/usr/bin/env node
// The program `tacit`: runs the built program, which is built first where it is missing or a source has changed. Where nothing can be
// built (a folder that cannot be written to), tsx compiles the sources in memory.
import { build, freshBuild } from './build.mjs';

async function program() {
  const built = freshBuild();
  if (built !== undefined) return built;
  try {
    return await build();
  } catch {
    const { register } = await import('tsx/esm/api');
    register();
    return new URL('./index.ts', import.meta.url);
  }
}

let url;
try {
  url = await program();
} catch {
  console.error('Tacit is not installed yet. Run npm ci in its folder first.');
  process.exit(2);
}
const { run } = await import(url);
process.exitCode = await run(process.argv.slice(2));
