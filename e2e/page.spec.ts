import { expect, type Page, test } from '@playwright/test';

/** What the page complains about, and where else it asks: both are to stay empty. */
function complaints(page: Page): string[] {
  const said: string[] = [];
  page.on('console', (message) => { if (message.type() === 'error') said.push(`console: ${message.text()}`); });
  page.on('pageerror', (error) => { said.push(`error: ${error.message}`); });
  page.on('request', (request) => { if (!/^(http:\/\/127\.0\.0\.1:|data:|blob:)/.test(request.url())) said.push(`request: ${request.url()}`); });
  return said;
}

test('the page opens, says who it is, and complains of nothing', async ({ page }) => {
  const said = complaints(page);
  await page.goto('/');
  await expect(page).toHaveTitle(/oomscope/);
  await expect(page.locator('#root')).not.toBeEmpty();
  await expect(page.locator('meta[http-equiv="Content-Security-Policy"]')).toHaveAttribute('content', /default-src 'none'/);
  // The worker has started and answered by then, so a refusal of it by the policy would have been said.
  await page.waitForLoadState('networkidle');
  expect(said).toEqual([]);
});
