import { expect, type Page } from '@playwright/test';
import { eventOf, moved, onePage, openRun, status, test, time, timeText } from './journey.ts';

/** Tabs on until the element with this role and name has the focus. */
async function tabTo(page: Page, role: 'button' | 'combobox' | 'tab' | 'slider', name: string): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true });
  for (let i = 0; i < 120; i++) {
    if (await wanted.evaluate((e) => e === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way to ${role} ${name} by Tab`);
}

test('with the keyboard alone: a story is loaded, stepped to the kill, and shared', async ({ page }) => {
  await openRun(page);
  await tabTo(page, 'combobox', 'Story');
  await page.keyboard.press('Home');
  await expect(status(page)).toHaveText(/^ended/);
  // away from the list, letters act
  await tabTo(page, 'button', 'Help');
  const start = await timeText(page);
  await page.keyboard.press('n');
  const kill = await moved(page, start);
  await page.keyboard.press('.');
  const after = await moved(page, kill);
  expect(eventOf(after)).toBeGreaterThan(eventOf(kill));
  await page.keyboard.press(',');
  expect(await moved(page, after)).toBe(kill);
  await page.keyboard.press('Shift+Tab');
  await expect(page.getByRole('button', { name: 'Share', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Share' }).getByRole('textbox', { name: 'Link' })).toHaveValue(/#s=/);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Share', exact: true })).toBeFocused();
});

test.describe('one run', () => {
  const opened = onePage();
  test('keys zoom, pan, play, mark and open what they should', async () => {
    const page = opened();
    const body = page.locator('body');
    await body.press('?');
    await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible();
    await page.keyboard.press('Escape');
    await body.press('g');
    await page.getByRole('textbox', { name: /Time or event/ }).fill('#1000');
    await page.keyboard.press('Enter');
    await expect(time(page)).toHaveAttribute('aria-valuetext', /event 1000 of/);
    await body.press('Space');
    await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
    await body.press('Space');
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command' }).fill('to the start');
    await page.keyboard.press('Enter');
    await expect(time(page)).toHaveAttribute('aria-valuetext', /event 0 of/);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command' }).fill('help');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible();
    await page.waitForTimeout(200); // the palette's own end comes late, and must not take this one along
    await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible();
    await page.keyboard.press('Escape');
    const start = await timeText(page);
    await body.press('Shift+Period');
    expect(eventOf(await moved(page, start))).toBeGreaterThan(0);
  });
  test('letters typed into a field stay there', async () => {
    const page = opened();
    const before = await timeText(page), box = page.getByRole('combobox', { name: 'Occurrence' });
    await box.fill('');
    await box.pressSequentially('n.p,');
    await expect(box).toHaveValue('n.p,');
    expect(await timeText(page)).toBe(before);
  });
  test('the time slider moves by events, by hundredths, and to the ends', async () => {
    const page = opened();
    const rows = Number(/of (\d+)$/.exec(await timeText(page))?.[1]);
    await time(page).focus();
    await page.keyboard.press('End');
    await expect(time(page)).toHaveAttribute('aria-valuenow', String(rows));
    await page.keyboard.press('PageDown');
    await expect(time(page)).toHaveAttribute('aria-valuenow', String(rows - Math.round(rows / 100)));
    await page.keyboard.press('Home');
    await expect(time(page)).toHaveAttribute('aria-valuenow', '0');
    await page.keyboard.press('ArrowRight');
    await expect.poll(async () => eventOf(await timeText(page))).toBeGreaterThan(0);
  });
  test('tabs are walked with the arrows', async () => {
    const page = opened();
    await page.getByRole('tab', { name: 'State', exact: true }).focus();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('tab', { name: 'Stack', exact: true })).toBeFocused();
    await expect(page.getByRole('region', { name: 'Stack', exact: true })).toBeVisible();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect(page.getByRole('tab', { name: 'Kernel log', exact: true })).toHaveAttribute('aria-selected', 'true');
  });
});
