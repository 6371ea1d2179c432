import type { Page } from '@playwright/test';

/** Notes on which backend each preview ran: the screen tells the result alone, the worker's answer tells this too. Call it before the page opens. */
export const noteBackends = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const noted: string[] = [];
    const Original = Worker;
    class Noting extends Original {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        this.addEventListener('message', ({ data }: MessageEvent<{ value?: { value?: { backend?: string } } }>) => {
          const backend = data?.value?.value?.backend;
          if (backend !== undefined) noted.push(backend);
        });
      }
    }
    Object.assign(window, { Worker: Noting, notedBackends: noted });
  });

export const backends = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => (window as unknown as { notedBackends: readonly string[] }).notedBackends);
