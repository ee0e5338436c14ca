/** What the journeys share: the page by its names. */
import { expect, type Locator, type Page } from '@playwright/test';

export const time = (page: Page): Locator => page.getByRole('slider', { name: 'Time', exact: true });
export const timeText = async (page: Page): Promise<string> => (await time(page).getAttribute('aria-valuetext')) ?? '';
export const eventOf = (text: string): number => Number(/event (\d+) of/.exec(text)?.[1]);
export const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
export const tab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name, exact: true }).click();
export const status = (page: Page): Locator => page.getByRole('banner').getByRole('status');

/** Opens the page and waits for its run to end. */
export async function openRun(page: Page, fragment = ''): Promise<void> {
  await page.goto(`/${fragment}`);
  await expect(status(page)).toHaveText(/^ended/, { timeout: 60_000 });
}
/** Waits until the time's text is another one, and gives it. */
export async function moved(page: Page, before: string): Promise<string> {
  await expect(time(page)).not.toHaveAttribute('aria-valuetext', before);
  return timeText(page);
}
/** The whole address that Share gives. */
export async function shareLink(page: Page): Promise<string> {
  await press(page, 'Share');
  const link = await page.getByRole('dialog', { name: 'Share' }).getByRole('textbox', { name: 'Link' }).inputValue();
  await page.keyboard.press('Escape');
  return link;
}
