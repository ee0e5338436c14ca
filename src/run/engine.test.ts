import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { must } from '../base/units.ts';
import { stories } from '../scenarios/index.ts';
import { ENGINE } from './catalog.ts';
import { runScenario } from './run.ts';

const TOLD: { readonly engine: string; readonly hashes: Readonly<Record<string, string>> } = JSON.parse(readFileSync(new URL('../../fixtures/engine.json', import.meta.url), 'utf8'));
/**
 * A link carries ENGINE and the hash at its cursor; where the hashes differ the page says by which engines they were made. So the number must be another one whenever runs are. The
 * hashes say nothing of what is right: other tests do. `node scripts/engine_runs.mjs` writes the fixture once ENGINE is raised.
 */
test('whenever a run comes to another hash the engine has another number', () => {
  expect(TOLD.engine).toBe(ENGINE);
  const others = Object.entries(TOLD.hashes).filter(([id, hash]) => runScenario(must(stories.find((s) => s.id === id), `no story ${id}`), { record: 'none' }).outcome.hash !== hash).map(([id]) => id);
  expect(others, `runs that are not those of engine ${ENGINE} any more: raise ENGINE in src/run/catalog.ts, then node scripts/engine_runs.mjs`).toEqual([]);
});
test('every profile has such a run', () => {
  const told = stories.filter((s) => s.id in TOLD.hashes);
  expect(new Set(told.map((s) => s.profile))).toEqual(new Set(stories.map((s) => s.profile)));
  expect(told.length).toBeGreaterThan(40);
});
