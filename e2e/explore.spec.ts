import { expect } from '@playwright/test';
import { stories } from '../src/scenarios/index.ts';
import { decodeLink } from '../src/share/link.ts';
import { linkTo, openRun, press, shareLink, status, test, time, timeText } from './journey.ts';

test('a story is explored, its bad schedule is shown as a run, and the link of that opens on the same event', async ({ page, beside }) => {
  await openRun(page, await linkTo('reaper-check-race'));
  await page.getByRole('combobox', { name: 'oomReaper.check', exact: true }).selectOption('before');
  await press(page, 'Run again');
  await expect(status(page)).toHaveText(/^ended/);
  await press(page, 'Explore');
  const dialog = page.getByRole('dialog', { name: 'Explore' });
  await dialog.getByRole('button', { name: 'Explore', exact: true }).press('Enter');
  await expect(dialog.getByRole('status')).toContainText('bad schedule: unmap_under_notifier, after 18 steps with 3 deviations', { timeout: 60_000 });
  await dialog.getByRole('button', { name: 'Show the schedule' }).press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(status(page)).toHaveText(/^ended/);
  await expect(page.getByRole('region', { name: 'Story', exact: true })).toContainText('with 3 deviations from the order of the times');
  await expect(time(page)).not.toHaveAttribute('aria-valuetext', /event 0 of/);
  const there = await timeText(page), other = await beside();
  await other.goto(await shareLink(page));
  await expect(status(other)).toHaveText(/^ended/);
  await expect(time(other)).toHaveAttribute('aria-valuetext', there);
  await expect(other.getByRole('alert')).toHaveCount(0);
});

test('a schedule in which two wait for each other is shown where their ring is', async ({ page }) => {
  await openRun(page, await linkTo('oom-lock-abba-race'));
  await press(page, 'Explore');
  const dialog = page.getByRole('dialog', { name: 'Explore' });
  await dialog.getByRole('button', { name: 'Explore', exact: true }).press('Enter');
  await dialog.getByRole('button', { name: 'Show the schedule' }).click({ timeout: 60_000 });
  await expect(status(page)).toHaveText(/^ended: no progress/);
  const locks = page.getByRole('region', { name: 'Locks', exact: true });
  await expect(locks).toContainText(/livelock/i);
  await expect(locks).not.toContainText('no ring');
  const shared = await decodeLink(new URL(await shareLink(page)).hash, stories), { fromNs = 0, toNs = 1e12 } = (shared.ok ? shared.value.view : null) ?? {};
  expect(toNs - fromNs).toBeLessThan(200e6); // what is around it, of five seconds
});
