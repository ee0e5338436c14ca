/** A scenario as a JSON text: alone, or within a run that was exported (exporters/json.ts). */
import { bad, good, type Result } from '../base/result.ts';
import type { Scenario } from '../format/scenario.ts';
import { validateScenario } from '../format/scenario_schema.ts';
import { parseJson } from './json_text.ts';
import { MAX_TEXT } from './text.ts';

/** A scenario is an object: what another bracket opens is something else, a kernel's log for one. */
export const looksLikeJson = (text: string): boolean => /^[\s\ufeff]*\{/.test(text.slice(0, 1000));

/** The field of an exported run that has its scenario. */
const ofRun = (value: unknown): { readonly scenario: unknown } | null =>
  typeof value === 'object' && value !== null && 'format' in value && value.format === 'oomscope-run' && 'scenario' in value ? { scenario: value.scenario } : null;

export function parseScenario(text: string): Result<Scenario> {
  if (text.length > MAX_TEXT) return bad(`expected at most ${MAX_TEXT / 1e6} MB of text, found ${(text.length / 1e6).toFixed(1)} MB`);
  const json = parseJson(text);
  if (!json.ok) return json;
  const within = ofRun(json.value.value);
  const checked = validateScenario(within === null ? json.value.value : within.scenario);
  if (checked.ok) return good(checked.value);
  const at = json.value.place(within === null ? checked.path : ['scenario', ...checked.path]);
  return bad(checked.problem.message, at.line, at.column);
}
