import { expect, test } from '@playwright/test';
import { eventOf, moved, openRun, press, status, tab, timeText } from './journey.ts';

test('the first story runs to its end and stands at its beginning', async ({ page }) => {
  await openRun(page);
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

test('a knob that is changed is marked, waits for its run, and changes it', async ({ page }) => {
  await openRun(page);
  const before = await timeText(page), knobs = page.getByRole('region', { name: 'Knobs' });
  const memory = knobs.getByRole('combobox', { name: 'machine.memory', exact: true });
  await memory.fill('320');
  await expect(knobs.getByText('1 change', { exact: true })).toBeVisible();
  expect(await timeText(page)).toBe(before);
  await knobs.getByRole('button', { name: 'Run again' }).click();
  await expect(status(page)).toHaveText(/^ended/);
  await expect.poll(async () => timeText(page)).not.toBe(before);
  await knobs.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(async () => timeText(page)).toBe(before);
});

test('a value that cannot be read says so in one line, and the run stays', async ({ page }) => {
  await openRun(page);
  const before = await timeText(page), knobs = page.getByRole('region', { name: 'Knobs' });
  await knobs.getByRole('combobox', { name: 'machine.cpus', exact: true }).fill('6x2');
  await expect(knobs.getByRole('alert')).toHaveText('expected a whole number from 1 to 64, found “6x2”');
  await expect(knobs.getByRole('button', { name: 'Run again' })).toBeDisabled();
  expect(await timeText(page)).toBe(before);
});

test('work in progress survives a reload', async ({ page }) => {
  await openRun(page);
  const knobs = page.getByRole('region', { name: 'Knobs' });
  await knobs.getByRole('combobox', { name: 'seed', exact: true }).fill('7');
  await knobs.getByRole('button', { name: 'Run again' }).click();
  await expect(status(page)).toHaveText(/^ended/);
  const start = await timeText(page);
  await press(page, 'Next occurrence');
  const there = await moved(page, start);
  expect(eventOf(there)).toBeGreaterThan(0);
  await page.reload();
  await expect(status(page)).toHaveText(/^ended/);
  await expect.poll(async () => timeText(page)).toBe(there);
  await expect(knobs.getByRole('combobox', { name: 'seed', exact: true })).toHaveValue('7');
  await expect(page.getByRole('alert')).toContainText('Your last run is back');
});

test('a machine is given work, and runs with it', async ({ page }) => {
  await openRun(page);
  await page.getByRole('combobox', { name: 'Story', exact: true }).selectOption({ label: 'A blank machine' });
  await expect(status(page)).toHaveText('ended: no kill, 1.0 s');
  await page.getByRole('combobox', { name: 'Add work' }).selectOption('anon');
  await page.getByRole('combobox', { name: 'anon.mb', exact: true }).fill('16');
  await press(page, 'Run again');
  await expect.poll(async () => Number(/of (\d+)$/.exec(await timeText(page))?.[1])).toBeGreaterThan(1000);
  await expect(status(page)).toHaveText('ended: no kill, 1.0 s');
});
