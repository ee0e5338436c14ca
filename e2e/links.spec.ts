import { expect } from '@playwright/test';
import { violations } from './axe.ts';
import { linkTo, moved, openRun, press, shareLink, status, test, time, timeText } from './journey.ts';

test('a shared link opens on the same event, with the same picture beside it', async ({ page, beside }) => {
  await openRun(page);
  const start = await timeText(page);
  await press(page, 'Next occurrence');
  const there = await moved(page, start), link = await shareLink(page), other = await beside();
  expect(link).toMatch(/#s=/);
  expect(link.length).toBeLessThan(2000);
  expect(page.url()).toBe(link);
  await other.goto(link);
  await expect(status(other)).toHaveText(/^ended/);
  await expect(time(other)).toHaveAttribute('aria-valuetext', there);
  await expect(other.getByRole('alert')).toHaveCount(0);
  const zones = (p: typeof page) => p.getByRole('table', { name: 'Zones' }).innerText();
  expect(await zones(other)).toBe(await zones(page));
  await page.bringToFront();
  await page.reload();
  await expect(status(page)).toHaveText(/^ended/);
  await expect(time(page)).toHaveAttribute('aria-valuetext', there);
  expect(page.url()).toBe(link);
});

test('lanes are hidden and moved by keyboard, and a link shows them so', async ({ page, beside }) => {
  await openRun(page);
  await page.locator('body').press('l');
  const dialog = page.getByRole('dialog', { name: 'Lanes' });
  await expect(dialog.getByRole('checkbox', { name: 'Zones', exact: true })).toBeFocused(); // where the work begins
  await dialog.getByRole('checkbox', { name: 'Memory', exact: true }).press('Space');
  const up = dialog.getByRole('button', { name: 'Move Marks up' });
  await up.press('Enter');
  await expect(up).toBeFocused(); // it has moved, and can be moved on
  await up.press('Enter');
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page), colorScheme).toEqual([]);
  }
  await page.keyboard.press('Escape');
  const idle = page.getByRole('group', { name: 'Tasks' }).getByRole('button', { name: /idle kernel threads/ }), threads = page.getByRole('button', { name: 'kworker/0:0H', exact: true });
  await expect(threads).toHaveCount(0);
  await idle.press('Enter');
  await expect(idle).toHaveAttribute('aria-expanded', 'true');
  await expect(threads.first()).toBeVisible();
  await idle.press('Enter');
  const names = (p: typeof page) => p.getByRole('region', { name: 'Timeline' }).getByRole('group').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  const shown = await names(page), other = await beside();
  expect(shown).not.toContain('Memory');
  await expect(page.getByRole('button', { name: 'Lanes, 1 hidden' })).toBeVisible();
  await other.goto(await shareLink(page));
  await expect(status(other)).toHaveText(/^ended/);
  await expect.poll(() => names(other)).toEqual(shown);
});

test('a link holds what was changed', async ({ page, beside }) => {
  await openRun(page, await linkTo('sysrq-and-pagefault-oom'));
  await page.getByRole('combobox', { name: 'vm.swappiness', exact: true }).fill('0');
  await press(page, 'Run again');
  await expect(status(page)).toHaveText(/^ended/);
  const other = await beside();
  await other.goto(await shareLink(page));
  await expect(status(other)).toHaveText(/^ended/);
  await expect(other.getByRole('combobox', { name: 'vm.swappiness', exact: true })).toHaveValue('0');
  await expect(other.getByRole('region', { name: 'Knobs' }).getByText('1 change', { exact: true })).toBeVisible();
});

test('a cut link says so, and the first story runs', async ({ page, beside }) => {
  await openRun(page);
  const link = await shareLink(page), other = await beside();
  await other.goto(link.slice(0, -12));
  await expect(other.getByRole('alert')).toContainText('This link cannot be opened');
  await expect(other.getByRole('alert')).toContainText(/The link is cut: copy it again from where it came\. link:1:\d+: expected /);
  await expect(status(other)).toHaveText(/^ended/);
});

test('another link put into the address of an open page is opened', async ({ page }) => {
  await openRun(page);
  const first = await shareLink(page);
  await press(page, 'Next occurrence');
  await shareLink(page);
  await page.evaluate((hash) => { location.hash = hash; }, new URL(first).hash);
  await expect(time(page)).toHaveAttribute('aria-valuetext', /event 0 of/);
});

test('the address follows the run on screen: another story has an entry of its own, a run again has none, and Back and Forward lead between them', async ({ page, beside }) => {
  await openRun(page);
  await press(page, 'Next occurrence');
  const there = await timeText(page), story = page.getByRole('combobox', { name: 'Story', exact: true }), first = page.url();
  await story.selectOption({ label: 'A blank machine' });
  await expect(status(page)).toHaveText('ended: no kill, 1.0 s');
  await expect.poll(() => page.url() !== first && page.url().includes('#s=')).toBe(true);
  await page.getByRole('combobox', { name: 'seed', exact: true }).fill('7');
  const blank = page.url();
  await press(page, 'Run again');
  await expect.poll(() => page.url() !== blank && page.url().includes('#s=')).toBe(true);
  const other = await beside();
  await other.goto(page.url());
  await expect(status(other)).toHaveText('ended: no kill, 1.0 s');
  await expect(other.getByRole('combobox', { name: 'seed', exact: true })).toHaveValue('7');
  await page.bringToFront();
  await page.goBack();
  await expect(story).toHaveValue('one-hog');
  await expect(time(page)).toHaveAttribute('aria-valuetext', there);
  await page.goForward();
  await expect(story).toHaveValue('blank');
  await expect(page.getByRole('combobox', { name: 'seed', exact: true })).toHaveValue('7');
});

test('the page without a link is the first story: Back leads to it', async ({ page }) => {
  await page.goto('/');
  await expect(time(page)).toHaveAttribute('aria-valuetext', /of [1-9]/);
  const story = page.getByRole('combobox', { name: 'Story', exact: true });
  await story.selectOption({ label: 'A blank machine' });
  await expect(status(page)).toHaveText('ended: no kill, 1.0 s');
  await expect.poll(() => page.url()).toMatch(/#s=/);
  await page.goBack();
  await expect(story).toHaveValue('one-hog');
  await expect(page.getByRole('alert')).toHaveCount(0);
});
