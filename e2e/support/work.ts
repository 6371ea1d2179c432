import type { Browser, Page } from '@playwright/test';

// What runs in the background of a page.

/** Workers of the page that make proofs: the prover and every thread below it (the preview's worker is allowed to wait). */
export const provers = (page: Page): string[] =>
  page
    .workers()
    .map((worker) => worker.url())
    .filter((url) => /\/prover-|^blob:/.test(url));

/** Presses a button of the page the moment the stage of the running proof is called `stage`, faster than a test could from outside. */
export const pressAtStage = (page: Page, { stage, button }: { stage: string; button: string }): Promise<void> =>
  page.evaluate(
    ([stage, button]) =>
      new Promise<void>((done) => {
        const observer = new MutationObserver(look);
        function look() {
          const said = [...document.querySelectorAll('[role=status]')].some((each) => each.textContent?.trim() === stage);
          const target = [...document.querySelectorAll('button')].find((each) => each.textContent?.trim() === button);
          if (!said || target === undefined) return;
          observer.disconnect();
          target.click();
          done();
        }
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        look();
      }),
    [stage, button] as const,
  );

/** Seconds of processor time that all renderers of the browser have used so far. */
export async function rendererSeconds(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = (await session.send('SystemInfo.getProcessInfo')) as { processInfo: { type: string; cpuTime: number }[] };
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}
