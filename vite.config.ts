import { defineConfig } from 'vitest/config';

export default defineConfig({
  esbuild: { jsx: 'automatic' },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  test: {
    include: ['{src,circuits,workers,server}/**/*.test.{ts,tsx}'],
    testTimeout: 120_000,
  },
});
