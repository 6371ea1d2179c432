import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { appOrigin, appPort, partnerPort } from './places.ts';

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
    // Playwright's own browsers are not used: the browser is the system's.
    browserName: 'chromium',
    launchOptions: {
      executablePath: process.env.TACIT_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  webServer: {
    command: 'node .ci/start.mjs',
    cwd: '..',
    url: `${appOrigin}/healthz`,
    timeout: 300_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
    env: {
      TACIT_PORT: String(appPort),
      TACIT_PARTNER_PORT: String(partnerPort),
      TACIT_DATA_DIR: mkdtempSync(join(tmpdir(), 'tacit-e2e-')),
    },
  },
});
