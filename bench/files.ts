import { fileURLToPath } from 'node:url';
import { type Groth16Bundle, openBundles } from '../src/bundles/index.ts';
import type { ProveInput } from '../src/cli/example.ts';
import { makeExample } from '../src/cli/example.ts';
import { cardThreshold, readStatement } from '../src/cli/statement.ts';
import { must } from './must.ts';

export const bundlesDir = fileURLToPath(new URL('../public/bundles', import.meta.url));

export const openBundle = async (): Promise<Groth16Bundle> => must(must(await openBundles(bundlesDir)).current('credit-score', 'groth16'));

/** A passing held-out applicant with a fresh wallet and a fresh request: what a real proof is made of. */
export async function freshInput(bundle: Groth16Bundle): Promise<ProveInput> {
  const statement = must(await readStatement(bundle));
  const threshold = must(await cardThreshold(bundle));
  return must(
    await makeExample({
      ...statement,
      applicant: undefined,
      bundle: bundle.hash,
      system: 'groth16',
      threshold,
      now: Math.floor(Date.now() / 1000),
    }),
  );
}

export async function benchFiles() {
  const { manifest } = await openBundle();
  const { zkey, wasm } = manifest.artefacts;
  return { zkeyBytes: zkey.bytes, wasmBytes: wasm.bytes, constraints: manifest.constraints };
}
