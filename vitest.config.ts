import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.mjs'],
    environment: 'node',
    setupFiles: ['scripts/vitest_setup.ts'],
    // A loaded machine is slow, not wrong: no test here measures time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
