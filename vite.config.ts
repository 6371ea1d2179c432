import { defineConfig } from 'vitest/config';

export default defineConfig({
  esbuild: { jsx: 'automatic' },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  test: {
    include: ['{src,circuits,workers,server,.ci}/**/*.test.{ts,tsx,mjs}'],
    testTimeout: 120_000,
  },
});
