import { expect } from '@playwright/test';
import { violations } from './axe.ts';
import { eventOf, linkTo, moved, openRun, press, status, tab, test, time, timeText } from './journey.ts';

test('lazy callbacks that sit: where they were is told in words, and one of them is followed by keyboard to where it stays', async ({ page }) => {
  await openRun(page, await linkTo('why-lazy-callbacks-sit'));
  await expect(status(page)).toHaveText(/^ended: out of memory: killed victim \(pid \d+\)$/);
  const before = await timeText(page), state = page.getByRole('region', { name: 'State', exact: true });
  await press(page, 'Next occurrence');
  const kill = await moved(page, before);
  await expect(state.getByText(/^From the first wake of kswapd at 0\.040 s to the first OOM kill at 0\.082 s: 0 of 1\s600 callbacks invoked\. At the kill there are 1\s600 on cpu 1, most of them in WAIT/)).toBeVisible();
  const table = page.getByRole('table', { name: 'RCU callbacks' });
  await expect(table.getByRole('row', { name: /^cpu 1 0 0 1\s600 0 0 1\s600$/ })).toBeVisible();
  const lane = page.getByRole('group', { name: 'RCU', exact: true });
  await expect(lane).toContainText('1 period over');
  await expect(lane).toContainText(/cpu 11\s600, all lazy/);
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page), colorScheme).toEqual([]);
  }

  await page.getByRole('button', { name: 'Follow the oldest of cpu 1' }).press('Enter');
  await moved(page, kill);
  const stations = page.getByRole('list', { name: 'Stations of callback 0' });
  await expect(stations.getByRole('listitem')).toHaveCount(5);
  await expect(page.getByText('5 stations, and no further by event')).toBeVisible();
  const here = stations.locator('[aria-current="step"]'), seen: number[] = [];
  await expect(here).toContainText('Queued, lazy');
  for (const words of ['Given a grace period that has not begun', 'Grace period 1 begins', 'The last to report: cpu 1', 'Grace period 1 is over']) {
    await page.locator('body').press('o');
    await expect(here).toContainText(words);
    seen.push(eventOf(await timeText(page)));
  }
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  await page.locator('body').press('o'); // there is none after it
  await expect(time(page)).toHaveAttribute('aria-valuetext', new RegExp(`event ${seen[3]} of`));
  await page.locator('body').press('Shift+O');
  await expect(time(page)).toHaveAttribute('aria-valuetext', new RegExp(`event ${seen[2]} of`));
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page), colorScheme).toEqual([]);
  }

  // with the tick of an idle CPU kept on the same callback goes all the way
  await page.getByRole('combobox', { name: 'rcu.fastNoHz', exact: true }).selectOption('off');
  await press(page, 'Run again');
  await expect(page.getByText('9 stations, to the end of its way')).toBeVisible();
  await expect(stations.getByRole('listitem').last()).toContainText('16 pages in the buddy lists');
  await press(page, 'Let go');
  await tab(page, 'State');
  await expect(state.getByText(/there was no callback: all had been invoked before\.$/)).toBeVisible();
});

test('an object of kvfree_rcu() is followed from the call to its memory, and pools are told as a lane and as tables', async ({ page }) => {
  await openRun(page, await linkTo('page-per-510'));
  const state = page.getByRole('region', { name: 'State', exact: true }), box = page.getByRole('combobox', { name: 'Occurrence' }), before = await timeText(page);
  await box.fill('kvfree_monitor');
  await box.press('Enter');
  await moved(page, before);
  await expect(page.getByRole('group', { name: 'Pools', exact: true })).toContainText('kvfree cpu 0');
  await expect(page.getByRole('table', { name: 'Pools' }).getByRole('row', { name: /^kvfree cpu 0, spare pages \d+ –$/ })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Objects of kvfree_rcu' }).getByRole('row', { name: /^cpu 0 / })).toBeVisible();
  await state.getByRole('button', { name: 'Follow the oldest object of cpu 0' }).press('Enter');
  const stations = page.getByRole('list', { name: /^Stations of object/ }), here = stations.locator('[aria-current="step"]');
  await expect(here).toContainText('Given to kvfree_rcu(): its pointer goes into a page for kmalloc');
  for (const words of ['The monitor takes what has gathered', 'Given a grace period', /Grace period \d+ begins/, 'The last to report', /Grace period \d+ is over/, 'hears of its end', 'The worker frees batch', 'The page with its pointer is gone through', 'Freed']) {
    await page.locator('body').press('o');
    await expect(here).toContainText(words);
  }
  expect(await violations(page)).toEqual([]);
});

test('a narrow page: what lies behind the rail is reached by the list of commands, and the clock has its event', async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 900 });
  await openRun(page);
  await page.locator('body').press('Control+k');
  await page.getByRole('combobox', { name: 'Command' }).fill('explore sch');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Explore' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const start = await timeText(page);
  await press(page, 'Step forward');
  await moved(page, start);
  await expect(page.locator('.clock-line')).toHaveText(/0\.000\s000 s\s+event\s+1\b/);
});
