import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import type axe from 'axe-core';

const source = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** What axe finds on the page as it is now: rule, how bad, and where. `only`: these rules and no others. */
export async function findings(page: Page, only?: readonly string[]): Promise<string[]> {
  // Evaluated, not inserted: the content policy of the app stays as it is.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
  const violations = await page.evaluate(async (rules) => {
    const { axe: checker } = window as unknown as { axe: typeof axe };
    const options = rules === undefined ? {} : { runOnly: { type: 'rule' as const, values: [...rules] } };
    return (await checker.run(document, { ...options, resultTypes: ['violations'] })).violations;
  }, only);
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) => `${id} (${impact}) at ${target.join(' ')}: ${failureSummary.split('\n')[1]?.trim() ?? ''}`,
    ),
  );
}
