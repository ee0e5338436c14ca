import { expect } from '@playwright/test';
import { linkTo, moved, onePage, openRun, press, status, test, time, timeText } from './journey.ts';

test.describe('one run', () => {
  const opened = onePage('notifier-last-chance');
  test('a knob that is changed is marked, waits for its run, and changes it', async () => {
    const page = opened();
    const before = await timeText(page), knobs = page.getByRole('region', { name: 'Knobs' });
    const memory = knobs.getByRole('combobox', { name: 'machine.memory', exact: true });
    await memory.fill('64');
    await expect(knobs.getByText('1 change', { exact: true })).toBeVisible();
    expect(await timeText(page)).toBe(before);
    await knobs.getByRole('button', { name: 'Run again' }).click();
    await expect(status(page)).toHaveText(/^ended/);
    await expect.poll(async () => timeText(page)).not.toBe(before);
    await knobs.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(async () => timeText(page)).toBe(before);
  });
  test('a value that cannot be read says so in one line, and the run stays', async () => {
    const page = opened();
    const before = await timeText(page), knobs = page.getByRole('region', { name: 'Knobs' });
    await knobs.getByRole('combobox', { name: 'machine.cpus', exact: true }).fill('6x2');
    await expect(knobs.getByRole('alert')).toHaveText('expected a whole number from 1 to 32, found “6x2”');
    await expect(knobs.getByRole('button', { name: 'Run again' })).toBeDisabled();
    await knobs.getByRole('combobox', { name: 'machine.cpus', exact: true }).fill('1');
    for (const [name, text, said] of [['anon.1.cpu', '7', 'expected a whole number from -1 to 0, found “7”'], ['anon.1.adj', '5000', 'expected a whole number from -1000 to 1000, found “5000”'], ['until', '0,5', 'expected a point before decimals, and a comma between thousands alone, found “0,5”']] as const) {
      const field = knobs.getByRole('combobox', { name, exact: true }), old = await field.inputValue();
      await field.fill(text);
      await expect(knobs.getByRole('alert')).toHaveText(said);
      await field.fill(old);
      await expect(knobs.getByRole('alert')).toHaveCount(0);
    }
    expect(await timeText(page)).toBe(before);
  });
});

test('a machine is given work, and runs with it', async ({ page }) => {
  await openRun(page);
  const groups = page.getByRole('combobox', { name: 'Story', exact: true }).locator('optgroup');
  await expect(groups.first()).toHaveAttribute('label', 'Basics');
  await expect(groups.locator('option', { hasText: 'A notifier sleeps under oom_lock' }).locator('..')).toHaveAttribute('label', 'Rientjes, 20 Jun 2018: notifier callbacks under oom_lock');
  await page.getByRole('combobox', { name: 'Story', exact: true }).selectOption({ label: 'A blank machine' });
  await expect(status(page)).toHaveText('ended: no kill, 1.0 s');
  await page.getByRole('combobox', { name: 'Add work' }).selectOption('anon');
  await page.getByRole('combobox', { name: 'anon.mb', exact: true }).fill('16');
  await press(page, 'Run again');
  await expect.poll(async () => Number(/of (\d+)$/.exec(await timeText(page))?.[1])).toBeGreaterThan(1000);
  await expect(status(page)).toHaveText('ended: no kill, 1.0 s');
});

test('another profile is one change, and another size leaves the watermarks to the kernel, which the knob says', async ({ page }) => {
  await openRun(page, await linkTo('one-hog', { untilNs: 1e9 }));
  const knobs = page.getByRole('region', { name: 'Knobs' }), memory = knobs.getByRole('combobox', { name: 'machine.memory', exact: true }), min = knobs.getByRole('combobox', { name: 'vm.min_free_kbytes', exact: true });
  await page.getByRole('combobox', { name: 'Profile' }).selectOption('v6.12');
  await expect(knobs.getByText(/^\d+ changes$/)).toHaveText('2 changes'); // that, and the end of the run
  await expect(knobs.locator('.dot')).toHaveCount(1);
  await expect(min).toHaveValue('1848');
  await memory.fill('1024');
  await expect(min).toHaveValue('0');
  await expect(knobs.getByText(/^\d+ changes$/)).toHaveText('3 changes'); // memory alone was turned
  await expect(knobs.getByText('vm.min_free_kbytes: as the kernel computes it from the memory')).toBeVisible();
  await memory.fill('256');
  await expect(min).toHaveValue('1848');
});

test('a run again keeps the time of the cursor and the window; another story begins afresh', async ({ page }) => {
  await openRun(page);
  const start = await timeText(page);
  await press(page, 'Next occurrence');
  const kill = await moved(page, start), seconds = (text: string): number => Number.parseFloat(text);
  await page.locator('body').press('w');
  await page.getByRole('combobox', { name: 'seed', exact: true }).fill('7');
  await press(page, 'Run again');
  await expect(time(page)).not.toHaveAttribute('aria-valuetext', kill);
  await expect(status(page)).toHaveText(/^ended/);
  await expect.poll(async () => Math.abs(seconds(await timeText(page)) - seconds(kill))).toBeLessThan(0.01);
  await page.getByRole('combobox', { name: 'Story', exact: true }).selectOption({ label: 'A blank machine' });
  await expect(time(page)).toHaveAttribute('aria-valuetext', /^0\.0+ s, event 0 of/);
});
