/** What the journeys share: the page by its names, and the browser's pages themselves. */
import { expect, type Locator, type Page, test as bare } from '@playwright/test';
import { must } from '../src/base/units.ts';
import type { Scenario } from '../src/format/scenario.ts';
import { ENGINE } from '../src/run/catalog.ts';
import { stories } from '../src/scenarios/index.ts';
import { made48 } from '../src/scenarios/machines.ts';
import { encodeLink } from '../src/share/link.ts';

/** A page with no program of its own: there one waits for the next journey. */
const IDLE = '/icon.svg';
/** As a newcomer's: nothing kept, nothing pretended. */
async function asNew(page: Page, viewport: { width: number; height: number }): Promise<void> {
  await page.bringToFront();
  await page.goto(IDLE);
  await page.evaluate(() => { localStorage.clear(); sessionStorage.clear(); });
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(viewport);
}
/** Gives a page as a newcomer has it, the first or the second. */
type Kept = (which: 0 | 1) => Promise<Page>;
/**
 * A new page is a new process of the browser, which takes more processor time than opening oomscope and walking a journey in it. So all journeys of a worker
 * share two pages, `page` and, for what is opened beside it, that of `beside()`; each begins with them as a newcomer has them. One that looks at how a browser starts, or puts
 * something between it and the server, takes a page of its own (`test` of Playwright). After a failure the next journey has new ones.
 */
export const test = bare.extend<{ beside: () => Promise<Page> }, { kept: Kept }>({
  kept: [async ({ browser }, use, { project }) => {
    const { baseURL, viewport } = project.use, size = viewport ?? { width: 1440, height: 900 }, context = await browser.newContext({ viewport: size, ...(baseURL === undefined ? {} : { baseURL }) });
    const pages: [Page?, Page?] = [];
    await use(async (which) => { const page = (pages[which] ??= await context.newPage()); await asNew(page, size); return page; });
    await context.close();
  }, { scope: 'worker' }],
  page: async ({ kept }, use) => { await use(await kept(0)); },
  beside: async ({ kept }, use) => {
    let other: Page | undefined;
    await use(async () => (other = await kept(1)));
    await other?.goto(IDLE);
  },
});

export const time = (page: Page): Locator => page.getByRole('slider', { name: 'Time', exact: true });
export const timeText = async (page: Page): Promise<string> => (await time(page).getAttribute('aria-valuetext')) ?? '';
export const eventOf = (text: string): number => Number(/event (\d+) of/.exec(text)?.[1]);
export const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
export const tab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name, exact: true }).click();
export const status = (page: Page): Locator => page.getByRole('banner').getByRole('status');

/** The address of a story, or of one that is edited: what follows the slash. */
export async function linkTo(id: string, edit: Partial<Scenario> = {}): Promise<string> {
  const story = must(stories.find((s) => s.id === id), `${id} is a story`);
  return encodeLink({ scenario: { ...story, ...edit }, story: id, cursor: null, view: null, notes: [], compared: null, beside: null, engine: ENGINE, stateHash: '' }, stories);
}
/** The first story on a fifth of its machine: it ends as that does, after a tenth of the events. */
const smallHog = linkTo('one-hog', { machine: made48(1), workloads: [{ type: 'anon', name: 'hog', mb: 2048, rate: 100, start: 20 }] });

/** Opens the page and waits for its run to end. Without a fragment: a small run that is there to be looked at. */
export async function openRun(page: Page, fragment?: string): Promise<void> {
  await page.goto(`/${fragment ?? (await smallHog)}`);
  await expect(status(page)).toHaveText(/^ended/, { timeout: 60_000 });
}
/** Opens the page as a newcomer does, and waits for the first story to end. */
export const openFirst = (page: Page): Promise<void> => openRun(page, '');
/**
 * One run for the tests of a block, opened once and run to its end; each test begins at event 0 of it. For tests that look, step and ask: one that
 * changes what is run, or how the page opens, opens it itself. After a failure the next test opens it anew.
 */
export function onePage(story?: string): () => Page {
  let page: Page | undefined;
  const there = (): Page => must(page, 'the page is opened before the tests');
  test.beforeAll(async ({ kept }) => { await openRun((page = await kept(0)), story && (await linkTo(story))); });
  test.beforeEach(async () => {
    await time(there()).press('Home');
    await expect(time(there())).toHaveAttribute('aria-valuetext', /event 0 of/);
  });
  return there;
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
