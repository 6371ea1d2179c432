import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Router } from 'wouter';
import type { OpenRequest } from '../client/index.ts';
import { request } from '../vault/testing/samples.ts';
import { ConsentStep } from './flow/ConsentStep.tsx';
import { FlowProvider } from './flow/context.ts';
import { PreviewProgress } from './flow/PreviewStep.tsx';
import { startI18n } from './i18n/index.ts';
import { AddWay } from './settings/AddWay.tsx';
import { DeleteScreen } from './settings/DeleteScreen.tsx';
import { type Services, ServicesProvider } from './state/services.tsx';
import { BroughtSecret } from './wallet/BroughtSecret.tsx';

// Sentences that a person must have before them, looked for in what the components really put on the page.

const printed = vi.fn();
beforeAll(async () => {
  vi.stubGlobal('location', { search: '' });
  vi.stubGlobal('navigator', { languages: ['en'] });
  vi.stubGlobal('document', { documentElement: { lang: '', dir: 'ltr' }, title: '' });
  const info = vi.spyOn(console, 'info').mockImplementation(printed);
  const log = vi.spyOn(console, 'log').mockImplementation(printed);
  await startI18n();
  info.mockRestore();
  log.mockRestore();
});
afterAll(() => vi.unstubAllGlobals());

const ways = ['passphrase'];
const services = {
  vault: { unlockers: () => ways.map((kind) => ({ id: kind, kind, label: kind, createdAt: 0 })) },
  client: {},
} as unknown as Services;
const page = (element: ReactElement): string =>
  renderToStaticMarkup(
    <Router ssrPath="/">
      <ServicesProvider services={services}>{element}</ServicesProvider>
    </Router>,
  );

it('starting the strings prints nothing', () => expect(printed.mock.calls).toEqual([]));

it('a secret that came with a file: says who knows it, and the first button does not keep it', () => {
  const nothing = () => undefined;
  const html = page(<BroughtSecret open onKeep={nothing} onDrop={nothing} />);
  expect(html).toContain('Whoever made the file knows it');
  const buttons = [...html.matchAll(/<button[^>]*class="([^"]*)"[^>]*><span>([^<]*)/g)].map(([, kind, name]) => [kind, name]);
  expect(buttons).toEqual([
    ['button button-main', 'Do not keep it'],
    ['button button-danger', 'I made the file: keep it'],
  ]);
  expect(page(<BroughtSecret open={false} onKeep={nothing} onDrop={nothing} />)).not.toContain('button');
});

it('the preview’s bar: bytes while loading, unknown length after, and only the stage is spoken', () => {
  const loading = page(<PreviewProgress loaded={{ bytes: 2_500_000, total: 10_000_000 }} />);
  expect(loading).toContain('value="0.25"');
  expect(loading).toContain('2.5 MB of 10 MB');
  expect(loading).toMatch(/role="status">Loading published files</);
  for (const loaded of [undefined, { bytes: 7, total: 7 }]) {
    const running = page(<PreviewProgress loaded={loaded} />);
    expect(running).not.toContain('value=');
    expect(running).toContain('The model runs on your device');
  }
});

it('consent: names where another way leads, and the id under which answers are counted', () => {
  const alternative = { label: 'https://your-bank.example', url: 'https://elsewhere.example/form' };
  const open = { request: { ...request(), alternative }, manifest: { keys: 'ceremony' }, status: 'open', offline: false };
  const flow = { open: open as unknown as OpenRequest, published: undefined, send: () => undefined };
  const html = page(
    <FlowProvider value={flow}>
      <ConsentStep onDecline={() => undefined} />
    </FlowProvider>,
  );
  expect(html).toContain('>https://your-bank.example</a> <span class="quiet">(leads to elsewhere.example)</span>');
  expect(html).toContain('“loan-2026” of Demo Bank, whom this verifier calls “bank”.');
  // Nothing says that a page of the partner led here.
  expect(html).toContain(`Continue only if you yourself came here from ${request().origin} just now.`);
});

it('deleting: says that the passkey stays in the system’s list', () => {
  expect(page(<DeleteScreen />)).toContain('A passkey of this wallet stays in the list');
});

it('changing the passphrase: says what it does not help against; not where there was none to change', () => {
  const form = (kind: 'passphrase' | 'passkey') => page(<AddWay kind={kind} onClose={() => undefined} onDone={() => undefined} />);
  expect(form('passphrase')).toContain('does not help against a copy of the wallet made earlier');
  expect(form('passkey')).not.toContain('does not help');
  ways[0] = 'passkey';
  expect(form('passphrase')).not.toContain('does not help');
});
