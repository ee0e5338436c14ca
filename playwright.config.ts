import { defineConfig } from '@playwright/test';
import { findBrowser, findFirefox } from './scripts/find_browser.mjs';

/** Two worktrees can test at the same time with a port each. */
const PORT = Number(process.env.OOMSCOPE_E2E_PORT ?? 4179);
/** A browser's own environment replaces ours as a whole. */
const inherited = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
const { env, ...chromium } = await findBrowser();
const firefox = findFirefox();

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Two pages at once would only take each other's processor.
  workers: 1,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['line'], ['json', { outputFile: '.cache/e2e.json' }]],
  use: { baseURL: `http://127.0.0.1:${PORT}`, viewport: { width: 1440, height: 900 }, trace: 'off' },
  projects: [
    // Firefox walks the journeys that an engine could break: a run, its hash, a link. Driving it takes ten times as long.
    { name: 'chromium', use: { browserName: 'chromium', launchOptions: { ...chromium, env: { ...inherited, ...env } } } },
    ...(firefox === undefined ? [] : [{ name: 'firefox', testMatch: ['page.spec.ts', 'first_story.spec.ts', 'links.spec.ts', 'engines.spec.ts'], use: { browserName: 'firefox' as const, channel: 'moz-firefox', launchOptions: { executablePath: firefox } } }]),
  ],
  webServer: { command: `node scripts/serve.mjs ${PORT}`, url: `http://127.0.0.1:${PORT}`, reuseExistingServer: false },
});
