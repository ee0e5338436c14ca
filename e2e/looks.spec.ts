import { expect } from '@playwright/test';
import { violations } from './axe.ts';
import type { MachineSpec, ZoneSpec } from '../src/format/scenario.ts';
import { made48 } from '../src/scenarios/machines.ts';
import { linkTo, moved, onePage, openRun, press, tab, test, timeText } from './journey.ts';

test.describe('one run', () => {
  const opened = onePage();
  for (const colorScheme of ['dark', 'light'] as const) {
    test(`no rule of accessibility is broken, ${colorScheme}`, async () => {
      const page = opened();
      await page.emulateMedia({ colorScheme });
      await press(page, 'Next occurrence');
      for (const name of ['State', 'Stack', 'Path', 'Locks', 'Events', 'Kernel log']) {
        await tab(page, name);
        await expect(page.getByRole('region', { name, exact: true })).not.toHaveText('Loading.');
        expect(await violations(page), name).toEqual([]);
      }
      for (const name of ['Share', 'Import', 'Help']) {
        await press(page, name);
        await expect(page.getByRole('dialog', { name })).toBeVisible();
        expect(await violations(page), name).toEqual([]);
        await page.keyboard.press('Escape');
      }
    });
  }
  test('whatever can be pressed is at least 24 pixels tall and wide', async () => {
    const page = opened();
    const small = await page.locator('.bar, .transport, .story, .tab-bar').locator('button:visible, select:visible, input:visible, summary:visible, [role="slider"]:visible').evaluateAll((all) =>
      all.map((e) => ({ box: e.getBoundingClientRect(), name: e.getAttribute('aria-label') ?? e.textContent ?? '' })).filter(({ box }) => box.width < 24 || box.height < 24).map(({ name, box }) => `${name} ${box.width}x${box.height}`));
    expect(small).toEqual([]);
  });
});

/** What stands wider than its own place, by its text. */
const cut = (all: Element[]): string[] => all.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent ?? '');

test('State is not cut on a machine of 64 GiB with four zones, and it does not move while somebody steps', async ({ page }) => {
  const zone = (name: ZoneSpec['name'], startPfn: number, pages: number): ZoneSpec => ({ node: 0, name, startPfn, spanned: pages, present: pages, managed: Math.floor(pages * 0.97), free: Math.floor(pages * 0.9) });
  const machine: MachineSpec = { ...made48(1), name: '64 GiB', slots: ['DMA', 'DMA32', 'Normal', 'Movable'], zones: [zone('DMA', 1, 4095), zone('DMA32', 4096, 782_336), zone('Normal', 1_048_576, 8_388_608), zone('Movable', 9_437_184, 7_602_176)] };
  delete (machine as { boot?: unknown }).boot;
  await openRun(page, await linkTo('blank', { machine: { ...machine, usage: { ...machine.usage, ...Object.fromEntries(Object.keys(machine.usage).map((k) => [k, 0])) } } }));
  const state = page.getByRole('region', { name: 'State', exact: true });
  for (const [width, height] of [[1440, 900], [900, 900]] as const) {
    await page.setViewportSize({ width, height });
    await expect(state.getByRole('table', { name: 'Zones' }).getByRole('row', { name: /^Normal/ })).toContainText('8\u202f388\u202f608');
    await expect.poll(() => state.locator('td, th, .sideways, dd, .zone > *').evaluateAll(cut), { message: `at ${width}` }).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await openRun(page);
  await press(page, 'Next occurrence');
  const tops = (): Promise<string> => state.locator('h2').evaluateAll((all) => all.map((h) => Math.round(h.getBoundingClientRect().top)).join());
  const first = await tops();
  for (let i = 0; i < 40; i++) {
    const before = await timeText(page);
    await page.locator('body').press('.');
    await moved(page, before);
    expect(await tops()).toBe(first);
  }
});

test('at 700 and at 400 pixels nothing needed is cut, and nothing slides away', async ({ page }) => {
  await openRun(page);
  for (const [width, height] of [[720, 450], [700, 900], [400, 800]] as const) {
    await page.setViewportSize({ width, height });
    await page.locator('.shell').evaluate((e) => { e.scrollTop = 0; });
    for (const name of ['Play', 'Step forward', 'Next occurrence', 'Previous occurrence']) await expect(page.getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 1 });
    for (const name of ['Share', 'Import', 'Help']) await expect(page.getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 1 });
    const box = await page.getByRole('combobox', { name: 'Occurrence' }).boundingBox();
    expect(box?.width).toBeGreaterThanOrEqual(60);
    // what the focus walks to may not move the page to the side
    await page.getByRole('tab', { name: 'Kernel log', exact: true }).focus();
    await page.getByRole('slider', { name: 'Time', exact: true }).focus();
    expect(await page.evaluate(() => [document.documentElement.scrollWidth, document.querySelector('.shell')?.scrollLeft, document.scrollingElement?.scrollLeft])).toEqual([width, 0, 0]);
    expect(await violations(page), String(width)).toEqual([]);
  }
  await page.goto('/#experiments');
  for (const width of [700, 400]) {
    await page.setViewportSize({ width, height: 800 });
    expect((await page.getByRole('searchbox', { name: 'Find' }).boundingBox())?.width).toBeGreaterThanOrEqual(120);
    const head = page.getByRole('article').first().getByRole('heading');
    expect((await head.boundingBox())?.height).toBeLessThan(60);
    await expect.poll(() => page.locator('.card-bars dd, .card-acts, .card-head').evaluateAll(cut)).toEqual([]);
  }
});

test('the column of the story goes behind its rail again: by Escape, by a press beside it, by a run; and begins at its beginning for another story', async ({ page }) => {
  await openRun(page);
  const column = page.getByRole('complementary', { name: 'Story and knobs' });
  await column.evaluate((e) => { e.scrollTop = 500; });
  await expect(page.getByRole('button', { name: 'Run again' })).toBeInViewport({ ratio: 1 });
  await page.getByRole('combobox', { name: 'Story', exact: true }).selectOption({ label: 'A blank machine' });
  await expect.poll(() => column.evaluate((e) => e.scrollTop)).toBe(0);
  await page.setViewportSize({ width: 900, height: 900 });
  const rail = page.getByRole('button', { name: 'Story and knobs', exact: true });
  await rail.press('Enter');
  await expect(column).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  await expect(column).toBeHidden();
  await expect(rail).toBeFocused();
  await rail.click();
  await page.mouse.click(600, 400);
  await expect(column).toBeHidden();
  await rail.click();
  await column.getByRole('button', { name: 'Run again' }).click();
  await expect(column).toBeHidden();
});

test('the page fits 1440 by 900, 1180 by 800 and 900 by 900 without scrolling', async ({ page }) => {
  await openRun(page);
  for (const [width, height] of [[1440, 900], [1180, 800], [900, 900]] as const) {
    await page.setViewportSize({ width, height });
    await expect.poll(() => page.evaluate(() => ({ width: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight }))).toEqual({ width, height });
    for (const name of ['Step forward', 'Next occurrence', 'Share', 'Import', 'Help']) await expect(page.getByRole('button', { name, exact: true })).toBeInViewport();
  }
});
