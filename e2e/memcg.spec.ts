import { expect } from '@playwright/test';
import { linkTo, moved, openRun, press, status, tab, test, timeText } from './journey.ts';

test('a memory cgroup at its limit: what it has is told, and the kill says that it was the group', async ({ page }) => {
  await openRun(page, await linkTo('memcg-limit'));
  await expect(status(page)).toHaveText(/^ended: memory cgroup out of memory: killed 2 processes, first grower \(pid \d+\)$/, { timeout: 60_000 });
  const state = page.getByRole('region', { name: 'State' });
  await expect(state.getByText('Memory cgroups')).toHaveCount(0); // before the first event there is none
  const start = await timeText(page);
  await press(page, 'Next occurrence');
  await moved(page, start);
  await expect(state.getByText('/box', { exact: true })).toBeVisible();
  await expect(state.getByText('6.00 MiB of 6.00 MiB: full')).toBeVisible();
  // the path of the charge: its decisions with their numbers, and the sentence above them
  await tab(page, 'Path');
  const path = page.getByRole('region', { name: 'Path' });
  await expect(path.getByText(/waits for room in its memory cgroup: \/box has 1536 pages/)).toBeVisible();
  await expect(path.getByRole('heading', { name: /^Charge of grower to its memory cgroup/ })).toBeVisible();
  await expect(path.getByRole('button', { name: /the charge fits below memory\.max.*no.*pages? of room/ }).first()).toBeVisible();
  await tab(page, 'Kernel log');
  await expect(page.getByRole('region', { name: 'Kernel log' }).getByText(/Memory cgroup out of memory: Killed process \d+ \(grower\)/)).toBeInViewport();
});
