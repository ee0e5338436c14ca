import { expect, test } from '@playwright/test';
import { openRun, press, status } from './journey.ts';

test('a worker that cannot start is told, and the page lives', async ({ page }) => {
  await page.route('**/assets/main-*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: 'throw new Error("broken on purpose");' }));
  await page.goto('/');
  await expect(page.getByRole('alert')).toContainText('stopped answering');
  await expect(status(page)).toHaveText('failed: the simulation stopped answering');
  await page.unroute('**/assets/main-*.js');
  await press(page, 'Run again');
  await expect(status(page)).toHaveText(/^ended/, { timeout: 30_000 });
});

test('a scenario that the machine refuses changes nothing on screen', async ({ page }) => {
  await openRun(page);
  const before = await status(page).innerText();
  await press(page, 'Import');
  await page.getByRole('textbox', { name: 'Text to import' }).fill('{"id": "x"}');
  await press(page, 'Open');
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('expected');
  await page.keyboard.press('Escape');
  await expect(status(page)).toHaveText(before);
});
