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
  test('into, out, over and by a jiffy: each goes both ways', async () => {
    const page = opened();
    const start = await timeText(page);
    await press(page, 'Next occurrence');
    await moved(page, start);
    for (const key of ['i', 'u', 'j', 'Period']) for (const [keys, forward] of [[key, true], [`Shift+${key}`, key === 'Period']] as const) {
      const before = await timeText(page);
      await page.locator('body').press(keys);
      const there = eventOf(await moved(page, before));
      expect(there > eventOf(before), keys).toBe(forward);
    }
  });
  test('a condition that cannot be read is answered with examples, all of it to be seen', async () => {
    const page = opened(), box = page.getByRole('combobox', { name: 'Occurrence' });
    await box.click();
    await expect(page.getByText('free pages, also of one zone')).toBeVisible();
    await box.fill('kmem_cache_alloc of a kind that nobody knows');
    await box.press('Enter');
    const said = page.getByText(/^expected for example "OOM kill", "task kswapd0"/);
    await expect(said).toBeInViewport({ ratio: 1 });
    expect(await said.evaluate((e) => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight)).toBe(true);
    await box.fill('OOM kill');
    await box.press('Enter');
  });
  test('the events have times, and a question its operands in one line', async () => {
    const page = opened();
    const start = await timeText(page);
    await press(page, 'Next occurrence');
    await moved(page, start);
    await tab(page, 'Events');
    const events = page.getByRole('region', { name: 'Events', exact: true });
    await expect(events.getByRole('listitem').filter({ hasText: /\+[\d.]+ µs/ }).first()).toBeVisible();
    await expect(events.getByRole('listitem').filter({ hasText: /zone_watermark/ }).first()).toBeAttached();
    await expect(events.getByRole('listitem').filter({ hasText: /^\D*[\d\s]+(\+[\d.]+ .s)?hogmin \d/ })).toHaveCount(0);
    await tab(page, 'State');
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
