import { expect, type Page } from '@playwright/test';
import { violations } from './axe.ts';
import { eventOf, moved, openRun, press, shareLink, status, tab, test, time, timeText } from './journey.ts';

const strip = (page: Page) => page.getByRole('region', { name: 'Comparison', exact: true });
const both = (page: Page) => page.getByRole('table', { name: 'Both runs at the cursor' });
/** A figure of both runs: what A, B and B less A say. */
async function figure(page: Page, name: string): Promise<string[]> {
  return both(page).getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) }).getByRole('cell').allInnerTexts();
}
/** Opens a run, compares it with another value, and waits for both runs. */
async function compareWith(page: Page, knob: string, value: string): Promise<void> {
  await openRun(page);
  await compareRun(page, knob, value);
}
/** The run that is open. */
async function compareRun(page: Page, knob: string, value: string): Promise<void> {
  await page.locator('body').press('c');
  await expect(page.getByRole('button', { name: 'Compare', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await expect(strip(page)).toContainText('What differs: nothing yet');
  await page.getByRole('combobox', { name: knob, exact: true }).fill(value);
  await expect(page.getByRole('button', { name: 'First difference', exact: true })).toBeEnabled({ timeout: 30_000 });
  await expect(status(page)).toHaveText(/^ended/);
}

test('a story is compared with another setting, the link opens both at the same events, and no rule of accessibility is broken, dark and light', async ({ page, beside }) => {
  await compareWith(page, 'vm.min_free_kbytes', '4096');
  await expect(strip(page).getByRole('row', { name: /vm.min_free_kbytes 1848 kB 4096 kB/ })).toBeVisible();
  const start = await timeText(page);
  await press(page, 'First difference');
  const there = await moved(page, start), [a, b] = await figure(page, 'event');
  expect(eventOf(there)).toBeGreaterThan(5000); // the same machine until the hog comes to the watermarks
  expect(a).not.toBe('0');
  expect(b).toBe(a);
  await expect(strip(page)).toContainText('zone_watermark_fast(DMA32)? no');
  const link = await shareLink(page), other = await beside();
  expect(link.length).toBeLessThan(2000);
  await press(page, 'Share');
  await expect(page.getByRole('dialog', { name: 'Share' })).toContainText(/\d characters/);
  await expect(page.getByRole('dialog', { name: 'Share' })).not.toContainText('have not been run'); // both have
  await page.keyboard.press('Escape');
  await other.goto(link);
  await expect(time(other)).toHaveAttribute('aria-valuetext', there, { timeout: 30_000 });
  await expect(other.getByRole('button', { name: 'First difference', exact: true })).toBeEnabled();
  await expect(status(other)).toHaveText(/^ended/);
  await expect(time(other)).toHaveAttribute('aria-valuetext', there);
  expect(await figure(other, 'event')).toEqual([a, b, '0']);
  expect(await figure(other, 'DMA32 min')).toEqual(await figure(page, 'DMA32 min'));
  await expect(other.getByRole('alert')).toHaveCount(0);
  await page.bringToFront();
  await page.locator('body').press('x');
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page), colorScheme).toEqual([]);
  }
});

test('the other run is shown, stepped through, and shared so', async ({ page, beside }) => {
  await compareWith(page, 'seed', '7');
  await press(page, 'Run B');
  const start = await timeText(page);
  await press(page, 'Next occurrence');
  const kill = await moved(page, start);
  await tab(page, 'Kernel log');
  await expect(page.getByRole('region', { name: 'Kernel log' }).getByText(/Killed process \d+ \(hog\)/)).toBeInViewport();
  await tab(page, 'State');
  const events = await figure(page, 'event'), other = await beside();
  await other.goto(await shareLink(page));
  await expect(time(other)).toHaveAttribute('aria-valuetext', kill, { timeout: 30_000 });
  await expect(other.getByRole('button', { name: 'Run B', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => figure(other, 'event')).toEqual(events);
});

test('a run with the same values is the same to the last event', async ({ page }) => {
  await openRun(page);
  await press(page, 'Compare');
  await press(page, 'Run again');
  await expect(strip(page)).toContainText(/None: all [\d\s\u202f]+ events are the same in both/, { timeout: 30_000 });
  await expect(page.getByRole('table', { name: 'Outcome' }).getByRole('row', { name: /hash/ })).toContainText('same');
});

test('the comparison is left with A as it was, and survives a reload', async ({ page }) => {
  await openRun(page);
  const changes = page.getByRole('region', { name: 'Knobs' }).getByText(/^\d+ changes?$/), before = await changes.innerText();
  await compareRun(page, 'vm.min_free_kbytes', '4096');
  await press(page, 'First difference');
  const there = await timeText(page);
  await page.waitForTimeout(600); // work is kept a little after the last change
  await page.reload();
  await expect(time(page)).toHaveAttribute('aria-valuetext', there, { timeout: 30_000 });
  await expect(strip(page)).toContainText('vm.min_free_kbytes');
  await page.locator('body').press('c');
  await expect(strip(page)).toHaveCount(0);
  expect(await timeText(page)).toBe(there);
  await expect(page.getByRole('combobox', { name: 'vm.min_free_kbytes', exact: true })).toHaveValue('1848');
  await expect(changes).toHaveText(before);
  // its changes are there again
  await page.locator('body').press('c');
  await expect(strip(page)).toContainText('vm.min_free_kbytes', { timeout: 30_000 });
  await expect(page.getByRole('combobox', { name: 'vm.min_free_kbytes', exact: true })).toHaveValue('4096');
});

test('another story is run alone', async ({ page }) => {
  await compareWith(page, 'seed', '7');
  await page.getByRole('combobox', { name: 'Story', exact: true }).selectOption({ label: 'A blank machine' });
  await expect(status(page)).toHaveText('ended: no kill, 1.0 s');
  await expect(strip(page)).toHaveCount(0);
});

test('both runs fit 1280 by 800 and 900 by 900 without scrolling the page', async ({ page }) => {
  await openRun(page);
  await press(page, 'Compare');
  await page.getByRole('combobox', { name: 'Profile' }).selectOption('v6.12');
  await expect(page.getByRole('button', { name: 'First difference', exact: true })).toBeEnabled({ timeout: 30_000 });
  for (const [width, height] of [[1280, 800], [900, 900]] as const) {
    await page.setViewportSize({ width, height });
    await expect.poll(() => page.evaluate(() => ({ width: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight }))).toEqual({ width, height });
    for (const name of ['Compare', 'First difference', 'Share', 'Run A', 'Next occurrence']) await expect(page.getByRole('button', { name, exact: true })).toBeInViewport();
    const small = await page.locator('.compare-strip, .side-switch').locator('button:visible, select:visible').evaluateAll((all) => all.map((e) => e.getBoundingClientRect()).filter((box) => box.width < 24 || box.height < 24).length);
    expect(small).toBe(0);
  }
});
