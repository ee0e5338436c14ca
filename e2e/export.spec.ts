import { readFile } from 'node:fs/promises';
import { expect } from '@playwright/test';
import { openRun, press, test } from './journey.ts';

test('the kernel log can be saved as a file', async ({ page }) => {
  await openRun(page);
  await press(page, 'Export');
  await page.getByRole('radio', { name: /dmesg/ }).check();
  const coming = page.waitForEvent('download');
  await press(page, 'Save file');
  const file = await coming;
  expect(file.suggestedFilename()).toBe('one-hog.dmesg.txt');
  expect(await readFile(await file.path(), 'utf8')).toMatch(/Killed process \d+ \(hog\)/);
});
