import { expect } from '@playwright/test';
import { violations } from './axe.ts';
import { eventOf, linkTo, moved, openRun, press, status, tab, test, time, timeText } from './journey.ts';

test('the ring of a livelock is followed, by keyboard and by mouse, at the side and large', async ({ page }) => {
  await openRun(page, await linkTo('oom-lock-abba'));
  await expect(status(page)).toHaveText('ended: no progress: oom_lock (2 tasks)', { timeout: 60_000 });
  await time(page).focus();
  await page.keyboard.press('End');
  await tab(page, 'Locks');
  const ring = page.getByRole('group', { name: 'Ring 1: livelock, drawn' }), locks = page.getByRole('region', { name: 'Locks', exact: true }), end = await timeText(page);
  await expect(ring.getByRole('button')).toHaveText(['', '', '', '']); // two tasks, two locks
  await expect(locks.getByText(/^owner tries oom_lock again and again, held by caller; caller waits for driver_lock, held by owner$/)).toBeVisible();

  // by keyboard, once round: the drawing stays while the cursor goes to where each wait and hold began
  await ring.getByRole('button', { name: /^owner began to wait for oom_lock/ }).focus();
  const seen: number[] = [];
  for (const name of [/^owner began to wait for oom_lock/, /^oom_lock: caller took it/, /^caller began to wait for driver_lock/, /^driver_lock: owner took it/]) {
    await expect(ring.getByRole('button', { name })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(ring.getByRole('button', { name })).toHaveAttribute('aria-current', 'step');
    seen.push(eventOf(await timeText(page)));
    await page.keyboard.press('Tab');
  }
  const [tries, oom, waits, driver] = seen;
  expect([driver < oom, oom < waits, waits < tries, tries < eventOf(end)]).toEqual([true, true, true, true]);
  await press(page, 'Back there');
  await expect(time(page)).toHaveAttribute('aria-valuetext', end);

  await press(page, 'Open large');
  await expect(page.getByRole('button', { name: 'Dock to the side' })).toBeVisible();
  await ring.getByRole('button', { name: /^caller began to wait/ }).click();
  const there = await moved(page, end);
  expect(eventOf(there)).toBe(waits);
  await expect(page.getByRole('region', { name: 'Timeline' })).toBeVisible(); // its overview
  await expect(page.getByRole('table', { name: 'Lock order' }).getByRole('row', { name: /^1 ?driver_lock/ })).toContainText('⇄ 646');
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page), colorScheme).toEqual([]);
  }
  await page.locator('body').press('.');
  await moved(page, there);
  await expect(ring).toHaveCount(0); // at that event nobody tries yet
  await press(page, 'Dock to the side');
});

test('a task that holds what many miss has a row, and their misses are told before they are a loop', async ({ page }) => {
  await openRun(page, await linkTo('oom-lock-starvation'));
  const tasks = page.getByRole('group', { name: 'Tasks', exact: true }), rest = tasks.getByRole('button', { name: /and 25 more tasks/ });
  await expect(tasks.getByRole('button', { name: 'holder', exact: true })).toBeVisible();
  await expect(tasks.getByRole('button', { name: 'looper0', exact: true })).toHaveCount(0);
  await rest.press('Enter');
  await expect(rest).toHaveAttribute('aria-expanded', 'true');
  await expect(rest).toBeFocused();
  await expect(tasks.getByRole('button', { name: 'looper0', exact: true })).toHaveCount(1);
  await rest.press('Enter');
  await page.locator('body').press('g');
  await page.keyboard.type('72 ms');
  await page.keyboard.press('Enter');
  await tab(page, 'Locks');
  await expect(page.getByRole('region', { name: 'Locks', exact: true })).toContainText(/oom_lock, held by holder: 28 tasks missed it \d+ times in the last 100 ms/);
});

test('an invalid wait context is told in the log, in the order of locks, and leads to where it was', async ({ page }) => {
  await openRun(page, await linkTo('raw-lock-nesting'));
  await expect(status(page)).toHaveText('ended: no progress: zone->lock DMA32 (1 task)', { timeout: 60_000 });
  await time(page).focus();
  await page.keyboard.press('End');
  await tab(page, 'Locks');
  const locks = page.getByRole('region', { name: 'Locks', exact: true }), end = await timeText(page);
  await expect(locks.getByText(/^tracer waits for zone->lock DMA32, held by itself$/)).toBeVisible();
  await expect(page.getByRole('table', { name: 'Lock order' }).getByText('invalid wait context')).toHaveCount(1);
  const found = locks.getByText(/invalid wait context: zone->lock was asked for under krcp->lock/);
  await expect(found).toBeVisible();
  await found.getByRole('button').press('Enter');
  await moved(page, end);
  await tab(page, 'Kernel log');
  await page.keyboard.press('Escape');
  await time(page).focus();
  await page.keyboard.press('End');
  await expect(page.getByRole('region', { name: 'Kernel log', exact: true })).toContainText('[ BUG: Invalid wait context ]');
});
