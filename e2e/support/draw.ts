import type { Locator, Page } from '@playwright/test';
import { DIGITS } from '../../src/app/lab/testing/strokes.ts';

/** A digit on the lab's drawing area, with the mouse, as a person would. */
export async function draw(page: Page, pad: Locator, digit: number): Promise<void> {
  const box = await pad.boundingBox();
  if (box === null) throw new Error('the pad is not there');
  for (const stroke of DIGITS[digit] ?? []) {
    const [first, ...more] = stroke.map(({ x, y }) => [box.x + x * box.width, box.y + y * box.height] as const);
    if (first === undefined) continue;
    await page.mouse.move(...first);
    await page.mouse.down();
    for (const point of more) await page.mouse.move(...point, { steps: 2 });
    await page.mouse.up();
  }
}
