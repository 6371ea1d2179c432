import { defineConfig } from '@playwright/test';
import { launchOptions } from './browser.ts';
import { appOrigin, appPort, dataDir, partnerPort } from './places.ts';

// The real thing: `npm start` with ports and a data folder of its own, Debian's Chromium, real proofs. Two cores, so one test at a time.
export default defineConfig({
  testDir: '.',
  outputDir: 'out/results',
  fullyParallel: false,
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  retries: 0,
  reporter: [['list'], ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? 'out/report.json' }]],
  use: {
    baseURL: appOrigin,
    locale: 'en-GB',
    browserName: 'chromium',
    launchOptions: launchOptions(),
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  webServer: {
    command: 'node .ci/start.mjs',
    cwd: '..',
    url: `${appOrigin}/healthz`,
    timeout: 300_000,
    // While writing tests, a server that runs already (on these ports, with TACIT_E2E_DATA as its data folder) spares the builds.
    reuseExistingServer: process.env.TACIT_E2E_REUSE === '1',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
    env: {
      TACIT_PORT: String(appPort),
      TACIT_PARTNER_PORT: String(partnerPort),
      TACIT_DATA_DIR: dataDir,
    },
  },
});
