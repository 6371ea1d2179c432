import { expect, type Page } from '@playwright/test';
import { App, PARTNER } from './app.ts';
import { failing, passing } from './applicants.ts';
import { draw } from './draw.ts';
import { ask } from './partner.ts';
import { isFile, type Wire } from './wire.ts';
import { en, pseudo } from './words.ts';

/** Looks at the screen that is there now; `name` says which. */
export type Visit = (name: string) => Promise<void>;

/** The wallet is new, so the scope need not be. */
const scope = `eligibility-${new Date().toISOString().slice(0, 10)}`;

export interface Walk {
  readonly page: Page;
  readonly wire: Wire;
  readonly visit: Visit;
  /** Default English. */
  readonly language?: 'en' | 'en-XA';
}

/**
 * One walk past every screen of the app, in the order a person could meet them: what looks at all screens (accessibility, another
 * language, pictures) comes along and says what it wants to see of each.
 */
export async function walk({ page, wire, visit, language = 'en' }: Walk): Promise<void> {
  const app = new App(page, language === 'en' ? en : pseudo);
  await theWallet(app, visit, language);
  await aBrokenRequest(app, visit, wire);
  await aRequest(app, visit);
  await afterwards(app, visit);
  await theLab(app, visit);
  await refusals(app, visit, wire);
}

async function theWallet(app: App, visit: Visit, language: string): Promise<void> {
  const { page, words } = app;
  const { vault, wallet, settings, common } = words;
  await page.goto(`/?lang=${language}`);
  await expect(app.link(vault.create)).toBeVisible();
  await visit('home-new');
  await app.go('wallet');
  await expect(app.heading(vault.createTitle)).toBeVisible();
  await visit('wallet-create');
  await page.getByRole('radio', { name: vault.passphrase }).check();
  await app.field(vault.passphraseLabel).fill('short');
  await app.field(vault.passphraseRepeat).fill('short');
  await app.button(vault.create).click();
  await expect(app.error('vault/weak-passphrase')).toBeVisible();
  await visit('wallet-create-refused');
  const passphrase = 'seven herons over quiet water';
  await app.field(vault.passphraseLabel).fill(passphrase);
  await app.field(vault.passphraseRepeat).fill(passphrase);
  await app.button(vault.create).click();
  await expect(app.heading(vault.keepTitle)).toBeVisible();
  await visit('wallet-keep');
  await app.keepLater();
  await expect(page.getByText(wallet.empty)).toBeVisible();
  await visit('wallet-empty');

  await app.link(wallet.import).click();
  await app.choose('credential.json', '{');
  await expect(app.error('input/malformed')).toBeVisible();
  await visit('wallet-import-refused');
  await app.go('history');
  await expect(page.getByText(words.history.empty)).toBeVisible();
  await visit('history-empty');

  await app.go('wallet');
  await app.link(wallet.get).click();
  await expect(app.field(wallet.getChoose)).toBeVisible();
  await visit('wallet-get');
  await app.obtain(failing);
  await expect(app.heading(failing.label)).toBeVisible();
  await app.go('wallet');
  await app.link(wallet.get).click();
  await app.obtain(passing);
  await expect(app.button(wallet.show)).toBeVisible();
  await visit('credential');
  await app.button(wallet.show).click();
  await expect(app.button(wallet.hide)).toBeVisible();
  await visit('credential-shown');
  await app.button(wallet.delete).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await visit('credential-delete');
  await app.button(common.cancel).click();
  await app.go('wallet');
  await visit('wallet');
  await app.go('home');
  await expect(app.link(words.home.openDemo)).toBeVisible();
  await visit('home');

  await app.link(words.home.faceLink).click();
  await expect(app.button(words.face.begin)).toBeVisible();
  await visit('face');

  await app.go('settings');
  await visit('settings');
  await app.button(settings.export).click();
  await visit('settings-export');
  await app.button(common.cancel).click();
  await app.button(settings.changePassphrase).click();
  await visit('settings-passphrase');
  await app.button(common.cancel).click();
  await app.link(settings.import).click();
  await app.choose('wallet.json', '{}');
  await expect(app.button(settings.importDo)).toBeVisible();
  await visit('settings-restore');
  await app.go('settings');
  await app.link(settings.delete).click();
  await visit('settings-delete');
  await app.go('settings');
  await app.link(settings.aboutLink).click();
  await expect(page.getByText('onnxruntime-web')).toBeVisible();
  await visit('about');
}

async function aBrokenRequest(app: App, visit: Visit, wire: Wire): Promise<void> {
  const { page, words } = app;
  const { flow, vault } = words;
  const noPreview = wire.break({ match: isFile('.onnx'), cut: 'before' });
  const stuck = wire.break({ match: isFile('.zkey'), until: new Promise(() => undefined) });
  await app.open(await ask({ scope }));
  await expect(app.button(flow.accept)).toBeVisible();
  await expect(page.getByText(words.demo.developmentTitle)).toBeVisible();
  await visit('request');
  await app.consent();
  await expect(app.heading(vault.unlockTitle)).toBeVisible();
  await visit('request-unlock');
  await app.unlock();
  await expect(app.heading(flow.credentialTitle)).toBeVisible();
  await visit('request-credential');
  await app.button(flow.credentialUse).click();
  await expect(app.button(flow.deviceNext)).toBeVisible();
  await visit('request-device');
  await app.device();
  await expect(app.error('bundle/download')).toBeVisible();
  await visit('request-preview-failed');
  await app.button(flow.previewSkip).click();
  await expect(app.button(flow.proofCancel)).toBeVisible();
  await visit('request-proof');
  await app.button(flow.proofCancel).click();
  await expect(app.heading(flow.proofCancelledTitle)).toBeVisible();
  await visit('request-cancelled');
  noPreview();
  stuck();
}

async function aRequest(app: App, visit: Visit): Promise<void> {
  const { page, words } = app;
  const { flow } = words;
  await app.open(await ask({ scope }));
  await app.consent();
  await app.unlock();
  await page.getByRole('radio', { name: failing.label }).check();
  await app.button(flow.credentialUse).click();
  await app.device();
  await expect(page.getByText(flow.previewFail, { exact: true })).toBeVisible();
  await visit('request-preview-no');
  await app.button(flow.previewOther).click();
  await page.getByRole('radio', { name: passing.label }).check();
  await app.button(flow.credentialUse).click();
  await app.device();
  await expect(page.getByText(flow.previewPass, { exact: true })).toBeVisible();
  await visit('request-preview-yes');
  await app.preview();
  await expect(page.getByRole('status').getByText(flow.proofStages.prove, { exact: true })).toBeAttached();
  await visit('request-proving');
  await app.made();
  await visit('request-send');
  await app.send();
  await app.accepted();
  await visit('request-done');
}

async function afterwards(app: App, visit: Visit): Promise<void> {
  const { page, words } = app;
  await app.history();
  await visit('answer');
  const proof = await app.saved(words.history.saveProof);
  await app.go('history');
  await expect(page.getByText(PARTNER)).toHaveCount(2);
  await visit('history');
  await app.go('verify');
  await visit('verify');
  await app.choose('proof.json', proof);
  await expect(page.getByText(words.verify.validTitle)).toBeVisible();
  await visit('verify-right');
  const wrong = JSON.parse(proof.toString()) as { proof: { publicSignals: string[] } };
  const signal = wrong.proof.publicSignals[5] ?? '';
  wrong.proof.publicSignals[5] = `${signal.slice(0, -1)}${signal.endsWith('0') ? '1' : '0'}`;
  await app.choose('proof.json', JSON.stringify(wrong));
  await expect(app.error('proof/invalid')).toBeVisible();
  await visit('verify-wrong');
  await app.go('home');
  await visit('home-answered');
}

async function theLab(app: App, visit: Visit): Promise<void> {
  const { page, words } = app;
  const { lab, ownModel } = words;
  await app.go('lab');
  await expect(page.getByText(lab.saysNothing)).toBeVisible();
  await visit('lab');
  await page.getByRole('application', { name: lab.pad }).scrollIntoViewIfNeeded();
  await draw(page, page.getByRole('application', { name: lab.pad }), 7);
  await expect(page.getByText(app.filled(lab.says, { digit: '7' }))).toBeVisible();
  await expect(page.getByText(lab.planMemory, { exact: true })).toBeVisible();
  await visit('lab-drawn');
  await app.button(lab.proveButton).click();
  await expect(page.getByText(lab.doneText)).toBeVisible({ timeout: 60_000 });
  await visit('lab-proven');
  const proof = await app.saved(lab.save);
  await app.link(lab.checkLink).click();
  await app.choose('digit-proof.json', proof);
  await expect(page.getByText(words.verifyModel.validText)).toBeVisible();
  await visit('verify-model');
  await app.choose('digit-proof.json', JSON.stringify({ ...JSON.parse(proof.toString()), v: 2 }));
  await expect(app.error('proof/version')).toBeVisible();
  await visit('verify-model-wrong');
  await app.go('lab');
  await app.link(ownModel.link).click();
  await expect(app.heading(ownModel.title)).toBeVisible();
  await visit('own-model');
  const chooser = page.locator('input[type=file]').first();
  await chooser.setInputFiles({ name: 'network.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([1, 2, 3]) });
  await expect(app.error('model/integers-malformed')).toBeVisible();
  await visit('own-model-refused');
  await chooser.setInputFiles('circuits/digit-net/network.bin');
  await expect(page.getByText(lab.planMemory, { exact: true })).toBeVisible();
  await visit('own-model-chosen');
}

async function refusals(app: App, visit: Visit, wire: Wire): Promise<void> {
  const { page, words } = app;
  const { flow } = words;
  await page.goto('/nowhere');
  await expect(app.heading(words.status.notFoundTitle)).toBeVisible();
  await visit('not-found');
  await page.goto(`/r/${'00'.repeat(16)}`);
  await expect(app.error('request/unknown')).toBeVisible();
  await visit('request-unknown');
  const placed = await ask({ scope });
  await app.open(placed, 'http://harbour-loans.example/');
  await expect(app.error('request/origin-mismatch')).toBeVisible();
  await visit('request-foreign');
  await app.open(placed);
  await app.button(flow.decline).click();
  await expect(app.heading(flow.declinedTitle)).toBeVisible();
  await visit('request-declined');
  const down = wire.break({ match: (sent) => new URL(sent.url).pathname.startsWith('/v1/'), cut: 'before' });
  await app.open(await ask({ scope }));
  await expect(app.error('verifier/unavailable')).toBeVisible();
  await visit('request-no-verifier');
  down();
}
