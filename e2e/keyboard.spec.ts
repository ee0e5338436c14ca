import { test as bare, expect, type Page } from '@playwright/test';
import { stories } from '../src/scenarios/index.ts';
import { decodeLink } from '../src/share/link.ts';
import { violations } from './axe.ts';
import { eventOf, moved, onePage, openRun, shareLink, status, test, time, timeText } from './journey.ts';

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

test('the first stops of Tab lead past the knobs: to the lanes, and to the panels at the cursor', async ({ page }) => {
  await openRun(page);
  const lanes = page.getByRole('button', { name: 'Skip to the lanes', exact: true }), panels = page.getByRole('button', { name: 'Skip to the panels at the cursor', exact: true });
  await expect(lanes).toHaveCSS('clip-path', 'inset(50%)');
  await page.keyboard.press('Tab');
  await expect(lanes).toBeFocused();
  await expect(lanes).toHaveCSS('clip-path', 'none');
  expect((await lanes.boundingBox())?.height).toBeGreaterThanOrEqual(24);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Timeline' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Lanes', exact: true })).toBeFocused();
  await lanes.focus();
  await page.keyboard.press('Tab');
  await expect(panels).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: 'State', exact: true })).toBeFocused();
  // their look, while they are seen
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const stop of [lanes, panels]) {
      await stop.focus();
      await expect(stop).toHaveCSS('clip-path', 'none');
      expect(await violations(page, 'nav[aria-label="Skip"]'), colorScheme).toEqual([]);
    }
  }
});
test('a step of the path leads to its event by keyboard, says so, and keeps the focus', async ({ page }) => {
  await openRun(page);
  const start = await timeText(page);
  await page.keyboard.press('n');
  await moved(page, start);
  await page.getByRole('tab', { name: 'State', exact: true }).focus();
  for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowRight');
  const step = page.getByRole('region', { name: 'Path', exact: true }).getByRole('button', { name: /, go to event [\d\s]+$/ }).first();
  await step.focus();
  const event = Number(/go to event ([\d\s]+)$/.exec((await step.textContent()) ?? '')?.[1].replace(/\s/g, ''));
  await page.keyboard.press('Enter');
  await expect(time(page)).toHaveAttribute('aria-valuetext', new RegExp(`event ${event} of`));
  await expect(step).toBeFocused();
});
test('a list that the mouse has chosen from gives the keys to the page, one that keys have chosen from keeps them; Ctrl+K opens the commands from both', async ({ page }) => {
  await openRun(page);
  const list = page.getByRole('combobox', { name: 'Profile', exact: true }), commands = page.getByRole('dialog', { name: 'Commands' });
  const first = await list.inputValue();
  await list.click();
  await page.keyboard.press('ArrowDown'); // among the choices that stand open, where no key comes to the page
  await page.keyboard.press('Enter');
  await expect(list).not.toHaveValue(first);
  await expect(list).not.toBeFocused();
  await expect(status(page)).toHaveText(/^ended/);
  const start = await timeText(page);
  await page.keyboard.press('n');
  await moved(page, start);
  await list.focus();
  await page.keyboard.press('ArrowUp');
  await expect(list).toHaveValue(first);
  await expect(list).toBeFocused();
  await page.keyboard.press('Control+k');
  await expect(commands).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(list).toBeFocused();
});
test('Space plays after the mouse has pressed a button, and presses the one that keys have led to', async ({ page }) => {
  await openRun(page);
  const start = await timeText(page), playing = page.getByRole('button', { name: 'Pause', exact: true });
  await page.getByRole('button', { name: 'Next occurrence', exact: true }).click();
  const kill = await moved(page, start);
  await page.getByRole('button', { name: 'Previous occurrence', exact: true }).click();
  expect(await timeText(page)).toBe(kill); // there is one alone
  await page.keyboard.press('Space');
  await expect(playing).toBeVisible();
  await page.keyboard.press('Space');
  await expect(playing).toHaveCount(0);
  const there = await timeText(page);
  await page.getByRole('button', { name: 'Step back', exact: true }).focus();
  await page.keyboard.press('Space');
  await moved(page, there);
  await expect(page.getByRole('button', { name: 'Step back', exact: true })).toBeFocused();
});
bare('what is typed while a dialog, or the list of events, is still fetched stands in its field', async ({ page }) => {
  const holds = async (files: RegExp): Promise<() => void> => {
    let open = (): void => {};
    const held = new Promise<void>((resolve) => { open = resolve; });
    await page.route(files, async (route) => { await held; await route.continue(); });
    return open;
  };
  const dialogs = await holds(/assets\/dialogs-[^/]*\.js$/), events = await holds(/assets\/events_tab-[^/]*\.js$/);
  await openRun(page);
  const start = await timeText(page), search = page.getByRole('searchbox', { name: 'Search events' });
  await page.keyboard.press('/');
  await page.keyboard.type('nswap'); // the first letter by itself would lead to the kill
  expect([await timeText(page), await search.count()]).toEqual([start, 0]);
  events();
  await expect(search).toHaveValue('nswap');
  await expect(search).toBeFocused();
  await page.getByRole('tab', { name: 'Events', exact: true }).focus();
  await page.keyboard.press('g');
  await page.keyboard.type('#12x');
  await page.keyboard.press('Backspace');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  dialogs();
  await expect(page.getByRole('textbox', { name: /Time or event/ })).toHaveValue('#12');
  await page.keyboard.type('34');
  await page.keyboard.press('Enter');
  await expect(time(page)).toHaveAttribute('aria-valuetext', /event 1234 of/);
});

test.describe('one run', () => {
  const opened = onePage();
  test('keys zoom, pan, play, mark and open what they should', async () => {
    const page = opened();
    const body = page.locator('body');
    await body.press('?');
    await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.type('#1000'); // nothing is waited for: the field has the focus before the next key comes
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
  test('a note is written, changed and taken away with the keyboard, and a link carries it', async () => {
    const page = opened(), field = page.getByRole('textbox', { name: /^Note at/ }), note = page.getByRole('dialog', { name: 'Note' });
    await page.keyboard.press('g');
    await page.keyboard.type('#1000');
    await page.keyboard.press('Enter');
    await expect(time(page)).toHaveAttribute('aria-valuetext', /event 1000 of/);
    await page.keyboard.press('m');
    await page.keyboard.type('the <b>first</b> n.p,'); // nothing is waited for; letters are no keys here
    await expect(field).toHaveValue('the <b>first</b> n.p,');
    await expect(time(page)).toHaveAttribute('aria-valuetext', /event 1000 of/);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page, 'dialog.note'), colorScheme).toEqual([]);
    }
    await page.keyboard.press('Enter');
    await expect(note).toHaveCount(0);
    const link = await shareLink(page);
    await page.keyboard.press('m');
    await expect(field).toHaveValue('the <b>first</b> n.p,'); // it is edited
    await page.keyboard.press('Escape');
    await expect(note).toHaveCount(0);
    const opens = await decodeLink(new URL(link).hash, stories);
    expect(opens.ok && opens.value.notes).toMatchObject([{ event: 1000, text: 'the <b>first</b> n.p,' }]);
    await page.keyboard.press('m');
    await field.fill('');
    await page.keyboard.press('Enter');
    const without = await decodeLink(new URL(await shareLink(page)).hash, stories);
    expect(without.ok && without.value.notes).toEqual([]);
    await time(page).focus();
    await page.keyboard.press('m');
    await page.keyboard.press('Enter');
    await expect(time(page)).toBeFocused();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command' }).fill('mark this event');
    await page.keyboard.press('Enter');
    await expect(field).toBeFocused();
    await expect(field).toHaveValue('note 1');
    await field.fill('');
    await page.keyboard.press('Enter');
    await expect(note).toHaveCount(0);
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
