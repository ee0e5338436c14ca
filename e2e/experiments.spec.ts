import { expect, type Locator, type Page } from '@playwright/test';
import { violations } from './axe.ts';
import { linkTo, moved, openRun, press, shareLink, status, test, time, timeText } from './journey.ts';

const card = (page: Page, name: string): Locator => page.getByRole('article', { name, exact: true });
const strip = (page: Page): Locator => page.getByRole('region', { name: 'Comparison', exact: true });
async function openCards(page: Page, fragment = '#experiments'): Promise<void> {
  await page.goto(`/${fragment}`);
  await expect(page.getByRole('article').first()).toBeVisible();
}

test('an experiment is opened, run, compared, followed to the first difference, shared, and opened by another', async ({ page, beside }) => {
  await openRun(page);
  await page.getByRole('link', { name: 'Experiments', exact: true }).click();
  expect(page.url()).toContain('#experiments');
  const abba = card(page, 'oom-lock-abba'), sysrq = card(page, 'sysrq-and-pagefault-oom');
  await sysrq.getByRole('button', { name: /^Run/ }).click();
  await expect(sysrq.getByText('held for 10 of 10 seeds')).toBeVisible({ timeout: 30_000 });
  await expect(sysrq.getByText('flips for 10 of 10 seeds')).toBeVisible({ timeout: 30_000 });
  await abba.getByRole('button', { name: /^Show me/ }).press('Enter');
  await expect(page.getByRole('region', { name: 'Timeline' })).toBeFocused();
  await expect(strip(page).getByRole('row', { name: /oom.notifierPlace inside outside-rwsem/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'First difference', exact: true })).toBeEnabled({ timeout: 30_000 });
  await expect(status(page)).toHaveText(/^ended: no progress/);
  // it opens where the two part
  await expect(time(page)).not.toHaveAttribute('aria-valuetext', /event 0 of/);
  const led = await timeText(page);
  await press(page, 'To the start');
  await moved(page, led);
  await press(page, 'First difference');
  await expect(time(page)).toHaveAttribute('aria-valuetext', led);
  const there = led, link = await shareLink(page), other = await beside();
  await other.goto(link);
  await expect(time(other)).toHaveAttribute('aria-valuetext', there, { timeout: 30_000 });
  await expect(strip(other)).toContainText('outside-rwsem');
  await expect(other.getByRole('alert')).toHaveCount(0);
  // the story says what it is run for, and leads back to its card; what was run is still there
  await page.getByRole('link', { name: /Its card: oom-lock-abba/ }).click();
  await expect(abba.getByRole('link', { name: 'oom-lock-abba' })).toBeFocused();
  await expect(abba).toBeInViewport();
  await expect(sysrq.getByText('held for 10 of 10 seeds')).toBeVisible();
  await page.goBack();
  await expect(time(page)).toHaveAttribute('aria-valuetext', there);
});

test('the claim of a story that a link opens is checked by itself, and all seeds by a press', async ({ page }) => {
  await openRun(page, await linkTo('sysrq-and-pagefault-oom'));
  const story = page.getByRole('region', { name: 'Story', exact: true });
  await expect(story.getByText('held for 1 of 1 seed, 9 not run yet')).toBeVisible({ timeout: 30_000 });
  await expect(story.getByText('holds so far (1 seed of 10 run)')).toBeVisible();
  await story.getByRole('button', { name: 'Run its 2 variants with 10 seeds' }).click();
  await expect(story.getByText('held for 10 of 10 seeds')).toBeVisible({ timeout: 30_000 });
  await expect(story.getByRole('button', { name: /^Run its/ })).toHaveCount(0);
});

test('what a control removes is set beside the claim, and Back leads to the cards', async ({ page }) => {
  await openCards(page, '#experiments/notifier-serialised');
  const serial = card(page, 'notifier-serialised');
  await expect(serial).toBeInViewport();
  // each claim is run with its first seed without being asked
  await expect(serial.getByText('held for 1 of 1 seed, 9 not run yet')).toBeVisible({ timeout: 30_000 });
  await serial.getByRole('button', { name: /^Break it/ }).click();
  await expect(strip(page).getByRole('row', { name: /notifier.sleep 50 ms 0 ms/ })).toBeVisible({ timeout: 30_000 });
  await page.goBack();
  await expect(serial).toBeVisible();
  await expect(serial.getByText('holds so far (1 seed of 10 run)')).toBeVisible();
  await page.keyboard.press('e');
  await expect(strip(page)).toBeVisible();
});

test('cards are found and read with the keyboard, and without a run the first story begins when it is asked for', async ({ page }) => {
  await openCards(page);
  await page.locator('body').press('/');
  await page.keyboard.type('sysrq');
  await expect(page.getByRole('article')).toHaveCount(1);
  for (let i = 0; i < 12 && !(await page.getByRole('button', { name: 'Why sysrq-and-pagefault-oom', exact: true }).evaluate((b) => b === document.activeElement)); i++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: /^Why/ });
  await expect(dialog).toContainText('A real kernel did this.');
  await expect(dialog.getByRole('row', { name: /calls of the notifier 1 0/ })).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('combobox', { name: 'Story', exact: true })).toHaveValue('one-hog');
  await expect(status(page)).toHaveText(/^running|^ended: out of memory: killed hog/);
});

test('who runs all and cancels keeps the focus, and who comes back from a run has it where it was', async ({ page }) => {
  await openCards(page);
  const all = page.getByRole('button', { name: 'Run all', exact: true }), cancel = page.getByRole('button', { name: 'Cancel all', exact: true }), last = card(page, 'mempool-min-nr').or(page.getByRole('article').last());
  await all.press('Enter');
  await expect(cancel).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(all).toBeFocused();
  const show = last.last().getByRole('button', { name: /^Break it/ }).first();
  await show.press('Enter');
  await expect(page.getByRole('region', { name: 'Timeline' })).toBeFocused();
  await page.keyboard.press('e');
  await expect(show).toBeFocused();
});

test('no rule of accessibility is broken among the cards, dark and light', async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 900 });
  await openCards(page);
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page), colorScheme).toEqual([]);
    await page.getByRole('button', { name: /^Why/ }).first().click();
    await expect(page.getByRole('dialog').getByRole('table')).toBeVisible();
    expect(await violations(page), colorScheme).toEqual([]);
    await page.keyboard.press('Escape');
  }
  const small = await page.locator('.front, .bar').locator('button:visible, select:visible, input:visible, a:visible').evaluateAll((all) => all.map((e) => ({ box: e.getBoundingClientRect(), text: e.textContent })).filter(({ box }) => box.width < 24 || box.height < 24).map(({ text }) => text));
  expect(small).toEqual([]);
  expect(await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight])).toEqual([900, 900]);
});
