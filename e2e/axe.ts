/** Accessibility rules on the page as it stands: axe-core is put into it, and what it finds comes back in words. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
declare global {
  interface Window { axe?: { run(within: Document | string): Promise<AxeResults> } }
}

/** One line a violation: the rule, what it asks, and where it is broken. `within`: a selector, where the rest of the page is looked at elsewhere. */
export async function violations(page: Page, within?: string): Promise<string[]> {
  if (await page.evaluate(() => window.axe === undefined)) await page.evaluate(source);
  const found = await page.evaluate(async (place) => (await window.axe?.run(place ?? document))?.violations ?? null, within);
  if (found === null) throw new Error('axe-core did not load into the page');
  return found.map((v) => `${v.id} (${v.impact ?? 'unrated'}): ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
}
