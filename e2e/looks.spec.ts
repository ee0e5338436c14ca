import { expect } from '@playwright/test';
import { violations } from './axe.ts';
import { onePage, openRun, press, tab, test } from './journey.ts';

test.describe('one run', () => {
  const opened = onePage();
  for (const colorScheme of ['dark', 'light'] as const) {
    test(`no rule of accessibility is broken, ${colorScheme}`, async () => {
      const page = opened();
      await page.emulateMedia({ colorScheme });
      await press(page, 'Next occurrence');
      for (const name of ['State', 'Stack', 'Path', 'Locks', 'Events', 'Kernel log']) {
        await tab(page, name);
        await expect(page.getByRole('region', { name, exact: true })).not.toHaveText('Loading.');
        expect(await violations(page), name).toEqual([]);
      }
      for (const name of ['Share', 'Import', 'Help']) {
        await press(page, name);
        await expect(page.getByRole('dialog', { name })).toBeVisible();
        expect(await violations(page), name).toEqual([]);
        await page.keyboard.press('Escape');
      }
    });
  }
  test('whatever can be pressed is at least 24 pixels tall and wide', async () => {
    const page = opened();
    const small = await page.locator('.bar, .transport, .story, .tab-bar').locator('button:visible, select:visible, input:visible, summary:visible, [role="slider"]:visible').evaluateAll((all) =>
      all.map((e) => ({ box: e.getBoundingClientRect(), name: e.getAttribute('aria-label') ?? e.textContent ?? '' })).filter(({ box }) => box.width < 24 || box.height < 24).map(({ name, box }) => `${name} ${box.width}x${box.height}`));
    expect(small).toEqual([]);
  });
});

test('the page fits 1440 by 900, 1180 by 800 and 900 by 900 without scrolling', async ({ page }) => {
  await openRun(page);
  for (const [width, height] of [[1440, 900], [1180, 800], [900, 900]] as const) {
    await page.setViewportSize({ width, height });
    await expect.poll(() => page.evaluate(() => ({ width: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight }))).toEqual({ width, height });
    for (const name of ['Step forward', 'Next occurrence', 'Share', 'Import', 'Help']) await expect(page.getByRole('button', { name, exact: true })).toBeInViewport();
  }
});
