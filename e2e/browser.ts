/** Playwright's list, since the last such switch counts, with what the browser itself would otherwise ask its maker (form fields it sees). */
const OFF = [
  'AimEnabled',
  'AutofillServerCommunication',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
];

/** Debian's Chromium: Playwright's own browsers are not used. `more`: switches of one project. */
export const launchOptions = (...more: readonly string[]) => ({
  executablePath: process.env.TACIT_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--disable-features=${OFF.join(',')}`,
    ...more,
  ],
});
