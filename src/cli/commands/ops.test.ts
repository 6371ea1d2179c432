import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { opsMarkdown } from './ops.ts';

it('docs/ops.md is what the registry says', () => {
  expect(readFileSync(new URL('../../../docs/ops.md', import.meta.url), 'utf8')).toBe(opsMarkdown());
});
