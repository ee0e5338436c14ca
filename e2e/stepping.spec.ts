import { expect } from '@playwright/test';
import { eventOf, moved, onePage, press, tab, test, time, timeText } from './journey.ts';

test.describe('one run', () => {
  const opened = onePage();
  test('steps go forward and back, over calls and out of them', async () => {
    const page = opened();
    const start = await timeText(page);
    await press(page, 'Next occurrence');
    const kill = await moved(page, start);
    for (const there of ['Step forward', 'Step over', 'Step out']) {
      const before = await timeText(page);
      await press(page, there);
      expect(eventOf(await moved(page, before))).toBeGreaterThan(eventOf(before));
    }
    await press(page, 'Previous occurrence');
    await expect(time(page)).toHaveAttribute('aria-valuetext', kill);
    await press(page, 'Step back');
    expect(eventOf(await moved(page, kill))).toBeLessThan(eventOf(kill));
  });
  test('the kill is told by the log, the stack and the way to it', async () => {
    const page = opened();
    const start = await timeText(page);
    await press(page, 'Next occurrence');
    await moved(page, start);
    await tab(page, 'Kernel log');
    await expect(page.getByRole('region', { name: 'Kernel log' }).getByText(/Killed process \d+ \(hog\)/)).toBeInViewport();
    await tab(page, 'Stack');
    await expect(page.getByRole('region', { name: 'Stack' }).getByText('out_of_memory', { exact: true }).first()).toBeVisible();
    await tab(page, 'Path');
    await expect(page.getByRole('region', { name: 'Path' }).getByText('__alloc_pages_may_oom').first()).toBeVisible();
    await tab(page, 'State');
    await expect(page.getByRole('region', { name: 'State' }).getByText(/short by/).first()).toBeVisible();
  });
  test('playing moves the cursor, and a step stops it', async () => {
    const page = opened();
    await press(page, 'Play');
    await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
    await expect.poll(async () => eventOf(await timeText(page))).toBeGreaterThan(0);
    await press(page, 'Step forward');
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  });
  test('an event can be searched by its words', async () => {
    const page = opened();
    await page.locator('body').press('/');
    const field = page.getByRole('searchbox', { name: 'Search events' });
    await expect(field).toBeFocused();
    await field.fill('SIGKILL');
    await field.press('Enter');
    await expect(page.getByRole('region', { name: 'Events' }).getByRole('listitem').filter({ hasText: 'SIGKILL' }).first()).toHaveAttribute('aria-current', 'step');
  });
  test('a condition that never comes says so', async () => {
    const page = opened();
    const before = await timeText(page), box = page.getByRole('combobox', { name: 'Occurrence' });
    await box.fill('free DMA32 < 3');
    await box.press('Enter');
    await expect(page.getByText('none after this')).toBeVisible();
    expect(await timeText(page)).toBe(before);
  });
});
