import { expect } from '@playwright/test';
import { eventOf, linkTo, moved, openFirst, openRun, press, status, tab, test, timeText } from './journey.ts';

test('the first story runs to its end and stands at its beginning', async ({ page }) => {
  await openFirst(page);
  await expect(status(page)).toHaveText(/^ended: out of memory: killed hog \(pid \d+\)$/);
  expect(await timeText(page)).toMatch(/^0\.000000000 s, event 0 of \d+$/);
});

test('something is to be seen before the run has ended', async ({ page }) => {
  await page.goto('/');
  // rows come while it runs: the time counts them
  await expect.poll(async () => Number(/of (\d+)$/.exec(await timeText(page))?.[1])).toBeGreaterThan(0);
  await expect(page.getByRole('table', { name: 'Zones' }).getByRole('row').filter({ hasText: 'DMA32' })).toBeVisible();
  await expect(status(page)).toHaveText(/^(running \d+ %|ended: )/);
});

test('every tab has its region, and what is drawn has its table', async ({ page }) => {
  await openRun(page);
  for (const name of ['State', 'Stack', 'Path', 'Locks', 'Events', 'Kernel log']) {
    await tab(page, name);
    await expect(page.getByRole('tabpanel').getByRole('region', { name, exact: true })).toBeVisible();
  }
  await tab(page, 'State');
  for (const name of ['Zones', 'Per-CPU lists', 'Lock holders', 'Tasks']) await expect(page.getByRole('table', { name, exact: true })).toHaveCount(1);
  for (const name of ['Story', 'Knobs', 'Timeline']) await expect(page.getByRole('region', { name, exact: true })).toHaveCount(1);
});

test('work in progress survives a reload', async ({ page }) => {
  await openRun(page, await linkTo('sysrq-and-pagefault-oom'));
  const knobs = page.getByRole('region', { name: 'Knobs' });
  await knobs.getByRole('combobox', { name: 'seed', exact: true }).fill('7');
  await knobs.getByRole('button', { name: 'Run again' }).click();
  await expect(status(page)).toHaveText(/^ended/);
  const start = await timeText(page);
  await press(page, 'Next occurrence');
  const there = await moved(page, start);
  expect(eventOf(there)).toBeGreaterThan(0);
  await page.locator('body').press('l');
  await page.getByRole('dialog', { name: 'Lanes' }).getByRole('checkbox', { name: 'Memory', exact: true }).uncheck();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('group', { name: 'Memory', exact: true })).toHaveCount(0);
  await page.reload();
  await expect(status(page)).toHaveText(/^ended/);
  await expect.poll(async () => timeText(page)).toBe(there);
  await expect(knobs.getByRole('combobox', { name: 'seed', exact: true })).toHaveValue('7');
  await expect(page.getByRole('button', { name: 'Lanes, 1 hidden' })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('Your last run is back');
});
