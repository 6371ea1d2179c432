import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { IntegerNetwork, loadIntegerKernels } from '../../../workers/kernel/integer/index.ts';
import { err, ok, type Result } from '../../base/index.ts';
import type { IntGraph } from '../../model/index.ts';

const wasm = new URL('../../../.cache/kernel/integer.wasm', import.meta.url);

/** The network on SIMD kernels, built on first use. Errors: device/unsupported, device/memory. */
export async function kernelNetwork(network: IntGraph): Promise<Result<IntegerNetwork>> {
  if (!existsSync(wasm)) {
    const build = (await import(new URL('../../../workers/kernel/integer/build.mjs', import.meta.url).href)) as {
      buildIntegerKernels: () => Promise<string>;
    };
    await build.buildIntegerKernels();
  }
  if (!existsSync(wasm)) return err('device/unsupported', { what: 'the kernels' });
  const created = await IntegerNetwork.create(await loadIntegerKernels(new Uint8Array(await readFile(wasm))), network);
  return created.ok ? ok(created.value) : created;
}
