// Compiles the integer kernels to .cache/kernel/integer.wasm (again only when the source is newer).
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, 'assembly', 'index.ts');
export const wasmPath = join(here, '..', '..', '..', '.cache', 'kernel', 'integer.wasm');

export async function buildIntegerKernels() {
  if (existsSync(wasmPath) && statSync(wasmPath).mtimeMs > statSync(source).mtimeMs) return wasmPath;
  mkdirSync(dirname(wasmPath), { recursive: true });
  const { default: asc } = await import('assemblyscript/asc');
  const { error, stderr } = await asc.main([
    source,
    '--outFile',
    wasmPath,
    '--enable',
    'simd',
    '--runtime',
    'stub',
    '-O3',
    '--noAssert',
    '--use',
    'abort=',
  ]);
  if (error) throw new Error(`the integer kernels do not compile: ${stderr.toString()}`);
  return wasmPath;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildIntegerKernels();
