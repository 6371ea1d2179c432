// Draws the PNG icons from public/icons/icon.svg with Chromium: node src/app/scripts/icons.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const folder = new URL('../../../public/icons/', import.meta.url);
const svg = readFileSync(new URL('icon.svg', folder), 'utf8');
// Systems that cut their own shape get the ground to the edge, and the mark within the safe circle (80 %).
const full = svg.replace(/<rect [^>]*\/>/, '').replace('viewBox="0 0 32 32"', 'viewBox="-5 -5 42 42"');
const wanted = [
  ['icon-192.png', 192, svg, 'transparent'],
  ['icon-512.png', 512, svg, 'transparent'],
  ['icon-maskable-512.png', 512, full, '#12211d'],
  ['apple-touch-icon.png', 180, full, '#12211d'],
];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage();
for (const [name, size, image, ground] of wanted) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0;background:${ground}}svg{display:block;width:${size}px;height:${size}px}</style>${image}`);
  writeFileSync(new URL(name, folder), await page.screenshot({ omitBackground: true }));
  console.log(`${name} ${size}x${size}`);
}
await browser.close();
