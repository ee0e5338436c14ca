import { execFileSync } from 'node:child_process';
import { expect, test } from '@playwright/test';
import { runInWorker, workerScript } from '../scripts/in_browser.mjs';
import { stories } from '../src/scenarios/index.ts';

// One story of each engine-heavy kind; check:long engines takes them all, with three seeds.
for (const id of ['one-hog', 'hog-swap-zram', 'victims']) {
  test(`${id} comes to the same hash in this browser's worker as in Node`, async ({ page, baseURL }) => {
    const scenario = stories.find((s) => s.id === id);
    await page.goto('/icon.svg'); // a page of the same origin that starts no worker of its own
    const here = await runInWorker(page, `${baseURL}/${workerScript()}`, scenario);
    const node = JSON.parse(execFileSync('node', ['dist-cli/oomscope.js', 'run', id, '--json'], { encoding: 'utf8', maxBuffer: 1 << 28 }));
    expect([here.hash, here.events]).toEqual([node.hash, node.events]);
  });
}
