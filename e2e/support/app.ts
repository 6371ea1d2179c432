import { readFileSync } from 'node:fs';
import { type Download, expect, type Locator, type Page } from '@playwright/test';
import type { ErrorCode } from '../../src/base/index.ts';
import { type Contents, openExport } from '../../src/vault/transfer.ts';
import { partnerOrigin } from '../places.ts';
import { type Applicant, passing } from './applicants.ts';
import type { Placed } from './partner.ts';
import { en, pseudo, said, sentence, type Words } from './words.ts';

export const PASSPHRASE = 'seven herons over quiet water';
export const PARTNER = 'Harbour Loans (demo)';

/** The app as a person uses it: every step waits for its screen, acts, and leaves the next screen to the next step. */
export class App {
  readonly page: Page;
  readonly words: Words;

  constructor(page: Page, words: Words = en) {
    this.page = page;
    this.words = words;
  }

  heading = (name: string): Locator => this.page.getByRole('heading', { level: 1, name, exact: true });
  button = (name: string): Locator => this.page.getByRole('button', { name, exact: true });
  link = (name: string): Locator => this.page.getByRole('link', { name, exact: true });
  field = (label: string): Locator => this.page.getByLabel(label, { exact: true });
  /** Where an error of this code is told. */
  error = (code: ErrorCode): Locator => this.page.locator(`[data-code="${code}"]`);

  /** A string with its places filled in; where the page is written from right to left, it keeps what it fills in apart (Unicode isolates). */
  filled = (text: string, values: Readonly<Record<string, string>>): string =>
    said(
      text,
      this.words === pseudo ? Object.fromEntries(Object.entries(values).map(([name, each]) => [name, `\u2068${each}\u2069`])) : values,
    );

  /** The error is told with its sentence from the catalogue. */
  async refused(code: ErrorCode, params?: Readonly<Record<string, string | number>>): Promise<void> {
    await expect(this.error(code).first()).toHaveText(sentence(code, params));
  }

  // ---- the wallet

  async create(passphrase = PASSPHRASE): Promise<void> {
    const { vault } = this.words;
    await expect(this.heading(vault.createTitle)).toBeVisible();
    await this.page.getByRole('radio', { name: vault.passphrase }).check();
    await this.field(vault.passphraseLabel).fill(passphrase);
    await this.field(vault.passphraseRepeat).fill(passphrase);
    await this.button(vault.create).click();
    await this.keepLater();
  }

  /** The question whether the browser may keep the data, put off. */
  async keepLater(): Promise<void> {
    await expect(this.heading(this.words.vault.keepTitle)).toBeVisible();
    await this.button(this.words.vault.keepLater).click();
  }

  async unlock(passphrase = PASSPHRASE): Promise<void> {
    const { vault } = this.words;
    await expect(this.heading(vault.unlockTitle)).toBeVisible();
    await this.field(vault.passphraseLabel).fill(passphrase);
    await this.button(vault.unlock).click();
  }

  /** On the form of the demo issuer, wherever it stands. */
  async obtain(applicant: Applicant = passing): Promise<void> {
    await this.field(this.words.wallet.getChoose).selectOption({ label: applicant.label });
    await this.button(this.words.wallet.getButton).click();
  }

  /** From nothing: a wallet that holds one credential. */
  async wallet(applicant: Applicant = passing): Promise<void> {
    await this.page.goto('/wallet/get');
    await this.create();
    await this.obtain(applicant);
    await expect(this.page.getByText(this.words.wallet.getDone)).toBeVisible();
  }

  // ---- answering a request

  /** As a link on the partner's page does; the wallet is locked afterwards, as on every start. */
  async open({ url }: Pick<Placed, 'url'>, referer = `${partnerOrigin}/`): Promise<void> {
    await this.page.goto(url, { referer });
  }

  async consent(): Promise<void> {
    const { flow } = this.words;
    await expect(this.heading(this.filled(flow.consentTitle, { partner: PARTNER }))).toBeVisible();
    await this.button(flow.accept).click();
  }

  async device(): Promise<void> {
    await expect(this.heading(this.words.flow.deviceTitle)).toBeVisible();
    await this.button(this.words.flow.deviceNext).click();
  }

  async preview(): Promise<void> {
    await expect(this.page.getByText(this.words.flow.previewPass, { exact: true })).toBeVisible();
    await this.button(this.words.flow.previewNext).click();
  }

  /** The proof is made and shown; nothing of it was sent. */
  async made(): Promise<void> {
    await expect(this.heading(this.words.flow.sendTitle)).toBeVisible({ timeout: 60_000 });
  }

  /** From a new browser to the preview, which loads all files. */
  async toPreview(placed: Placed, applicant: Applicant = passing): Promise<void> {
    await this.open(placed);
    await this.consent();
    await this.create();
    await this.obtain(applicant);
    await this.device();
  }

  /** From a new browser to the proof step. */
  async toProof(placed: Placed, applicant: Applicant = passing): Promise<void> {
    await this.toPreview(placed, applicant);
    await this.preview();
  }

  /** From a new browser to a proof that waits for the word to send it. */
  async prove(placed: Placed, applicant: Applicant = passing): Promise<void> {
    await this.toProof(placed, applicant);
    await this.made();
  }

  /** The same with a wallet that holds one fitting credential already. */
  async proveAgain(placed: Placed): Promise<void> {
    await this.open(placed);
    await this.consent();
    await this.unlock();
    await this.fromDevice();
  }

  async fromDevice(): Promise<void> {
    await this.device();
    await this.preview();
    await this.made();
  }

  async send(): Promise<void> {
    await this.button(this.words.flow.sendButton).click();
  }

  async accepted(): Promise<void> {
    await expect(this.heading(this.words.flow.acceptedTitle)).toBeVisible();
  }

  // ---- moving about; a page that is loaded anew would lock the wallet

  async go(name: keyof Words['nav'] & ('home' | 'wallet' | 'lab' | 'verify' | 'history' | 'settings')): Promise<void> {
    const { nav } = this.words;
    await this.page.getByRole('navigation', { name: nav.label, exact: true }).getByRole('link', { name: nav[name], exact: true }).click();
    await expect(this.page).toHaveURL(name === 'home' ? '/' : `/${name}`);
  }

  /** Out of a request, which has no navigation of its own, into the history. */
  async history(): Promise<void> {
    await this.link(this.words.flow.seeHistory).click();
    await expect(this.heading(PARTNER)).toBeVisible();
  }

  // ---- files

  async download(button: string): Promise<Download> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.button(button).click()]);
    return download;
  }

  /** Clicks, and reads the file the browser saves. */
  async saved(button: string): Promise<Buffer> {
    return readFileSync(await (await this.download(button)).path());
  }

  async exportFile(passphrase = PASSPHRASE): Promise<Buffer> {
    await this.go('settings');
    await this.button(this.words.settings.export).click();
    await this.field(this.words.settings.exportPassphrase).fill(passphrase);
    return this.saved(this.words.settings.exportMake);
  }

  /** Everything the wallet holds, by the person's own way: an export, opened with its passphrase. The wallet must be open. */
  async contents(): Promise<Contents> {
    const contents = await openExport(await this.exportFile(), PASSPHRASE);
    if (!contents.ok) throw new Error(contents.error.code);
    return contents.value;
  }

  /** Gives a file to the (hidden) input of the screen. */
  async choose(name: string, content: string | Buffer): Promise<void> {
    await this.page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) });
  }
}
