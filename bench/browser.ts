// The same networks in Chromium, one thread; every last proof is verified again here, in Node, with the plain kernels.
// node workers/kernel/build.mjs && node --import tsx bench/browser.ts [--runs N] [name ...]
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import type { Hash32 } from '../src/base/index.ts';
import { planProgram } from '../src/protocol/transparent/index.ts';
import { verifyTransparent } from '../src/verify/transparent/index.ts';
import { measured } from './statements.ts';

const args = process.argv.slice(2);
const runs = args.includes('--runs') ? Number(args[args.indexOf('--runs') + 1]) : 5;
const wanted = Object.keys(measured).filter((name) => !args.some((a) => a in measured) || args.includes(name));
const bundle = await build({
  entryPoints: [new URL('./page.ts', import.meta.url).pathname],
  bundle: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  minify: true,
});
const kernel = Array.from(readFileSync(new URL('../workers/kernel/kernel.wasm', import.meta.url)));
const flags = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
try {
  for (const name of wanted) {
    const page = await browser.newPage();
    await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
    const made = await page.evaluate(
      ([which, count, bytes]) =>
        (
          globalThis as unknown as {
            run: (
              n: string,
              r: number,
              k: number[],
            ) => Promise<{
              proveMs: number[];
              verifyMs: number[];
              activations: number;
              peakBytes: number;
              proof: number[];
              publics: number[];
            }>;
          }
        ).run(which, count, bytes),
      [name, runs, kernel] as const,
    );
    await page.close();
    const program = measured[name]?.().program;
    if (program === undefined) continue;
    const plan = planProgram(program);
    const zeros = '00'.repeat(32) as Hash32;
    const checked = verifyTransparent({
      plan,
      statement: { model: zeros, nonce: zeros, publics: made.publics },
      proof: Uint8Array.from(made.proof),
    });
    const sorted = [...made.proveMs].sort((a, b) => a - b);
    console.log(
      JSON.stringify({
        program: name,
        runtime: `chromium ${browser.version()}`,
        threads: 1,
        activations: made.activations,
        coldMs: Math.round(made.proveMs[0] ?? 0),
        proveMs: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
        minMs: Math.round(sorted[0] ?? 0),
        maxMs: Math.round(sorted.at(-1) ?? 0),
        verifyMs: Math.round([...made.verifyMs].sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0),
        peakMb: Math.round(made.peakBytes / 1e5) / 10,
        proofBytes: made.proof.length,
        soundnessBits: plan.soundness,
        acceptedByNode: checked.ok,
      }),
    );
  }
} finally {
  await browser.close();
}
