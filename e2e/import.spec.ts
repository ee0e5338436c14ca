import { expect } from '@playwright/test';
import { onePage, openRun, press, status, test, timeText } from './journey.ts';

const ZONEINFO = `Node 0, zone      DMA
  per-node stats
      nr_inactive_anon 0
  pages free     3808
        boost    0
        min      32
        low      40
        high     48
        spanned  4095
        present  3998
        managed  3840
        cma      0
        protection: (0, 900, 900, 900, 900)
  pagesets
    cpu: 0
              count: 0
              high:  12
              batch: 1
  vm stats threshold: 4
  node_unreclaimable:  0
  start_pfn:           1
Node 0, zone    DMA32
  pages free     200000
        boost    0
        min      1935
        low      2418
        high     2901
        spanned  258048
        present  258048
        managed  230000
        cma      0
        protection: (0, 0, 0, 0, 0)
  pagesets
    cpu: 0
              count: 100
              high:  1000
              batch: 63
  vm stats threshold: 12
  node_unreclaimable:  0
  start_pfn:           4096
${['Normal', 'Movable', 'Device'].map((name) => `Node 0, zone ${name.padStart(8)}
  pages free     0
        boost    0
        min      0
        low      0
        high     0
        spanned  0
        present  0
        managed  0
        cma      0
        protection: (0, 0, 0, 0, 0)
`).join('')}`;
const dma32 = /DMA32.*1\u202f935/;

test('a zoneinfo that is pasted becomes the machine', async ({ page }) => {
  await openRun(page);
  await press(page, 'Import');
  await page.getByRole('textbox', { name: 'Text to import' }).fill(ZONEINFO);
  await press(page, 'Open');
  await expect(page.getByRole('table', { name: 'Zones' }).getByRole('row').filter({ hasText: 'DMA32' })).toHaveText(dma32);
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('a file that is chosen, or dropped anywhere, is read as well', async ({ page }) => {
  await openRun(page);
  await press(page, 'Import');
  await page.getByLabel('File to import').setInputFiles({ name: 'zoneinfo.txt', mimeType: 'text/plain', buffer: Buffer.from(ZONEINFO) });
  const dialog = page.getByRole('dialog', { name: 'Import' });
  await expect(dialog.getByRole('status')).toHaveText(/^Open reads zoneinfo\.txt, 1\.\d kB\.$/);
  await expect(page.getByRole('textbox', { name: 'Text to import' })).toHaveValue('');
  await press(page, 'Open');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('table', { name: 'Zones' }).getByRole('row').filter({ hasText: 'DMA32' })).toHaveText(dma32);
  await page.goto('/');
  await expect(status(page)).toHaveText(/^running|^ended/);
  const transfer = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'zoneinfo.txt', { type: 'text/plain' }));
    return data;
  }, ZONEINFO);
  await page.locator('body').dispatchEvent('drop', { dataTransfer: transfer });
  await expect(page.getByRole('table', { name: 'Zones' }).getByRole('row').filter({ hasText: 'DMA32' })).toHaveText(dma32);
});

test.describe('what cannot be read', () => {
  const opened = onePage();
  test('hostile text stays text, and the run stays', async () => {
    const page = opened();
    const before = await timeText(page), ended = await status(page).innerText();
    await press(page, 'Import');
    await page.getByRole('textbox', { name: 'Text to import' }).fill('<img src=x onerror="window.__owned=1">\nNode 0, zone <script>window.__owned=1</script>');
    await press(page, 'Open');
    await expect(page.getByRole('dialog').getByRole('alert')).toContainText(/pasted text:\d+:\d+: expected/);
    expect(await page.evaluate(() => '__owned' in window)).toBe(false);
    await page.keyboard.press('Escape');
    expect(await timeText(page)).toBe(before);
    await expect(status(page)).toHaveText(ended);
  });
  test('a file that is too large is not read at all, and a kernel log is called what it is', async () => {
    const page = opened(), alert = page.getByRole('dialog').getByRole('alert');
    await press(page, 'Import');
    await page.getByLabel('File to import').setInputFiles({ name: 'core.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(20_000_000, 'x') });
    await expect(alert).toHaveText('core.bin: expected at most 16 MB, found 20.0 MB. Nothing was loaded.');
    await page.getByRole('textbox', { name: 'Text to import' }).fill('Jun 20 14:02:11 box kernel: [  123.456789] hog invoked oom-killer: gfp_mask=0x140dca, order=0');
    await press(page, 'Open');
    await expect(alert).toHaveText('pasted text:1:1: expected a share link, a scenario (JSON), /proc/zoneinfo; found a kernel log, which is not read yet. Nothing was loaded.');
    await page.keyboard.press('Escape');
  });
  test('a zoneinfo with a letter in a number says where', async () => {
    const page = opened();
    await press(page, 'Import');
    await page.getByRole('textbox', { name: 'Text to import' }).fill(ZONEINFO.replace('min      1935', 'min      19x5'));
    await press(page, 'Open');
    await expect(page.getByRole('dialog').getByRole('alert')).toContainText(/pasted text:25:\d+: /);
  });
});

test('the sample that the tests use is what it claims to be', () => {
  // line 25 of it is the min of DMA32: the test above counts on it
  expect(ZONEINFO.split('\n')[24]).toContain('min      1935');
});
