/** Runs a scenario with a bar, and says in one line what the engine refuses. */
import type { Scenario } from '../format/scenario.ts';
import '../run/all_parts.ts';
import { type RunTrace, runScenario } from '../run/run.ts';
import type { Outcome } from '../format/scenario.ts';
import type { Output } from './command.ts';

export function runWithBar(scenario: Scenario, output: Output, record: 'all' | 'none' = 'all'): { readonly outcome: Outcome; readonly trace: RunTrace } {
  const result = runScenario(scenario, {
    record,
    onProgress(simNs, rows) {
      output.progress(Math.min(simNs / scenario.untilNs, 0.99), `${(simNs / 1e9).toFixed(2)} s, ${rows} events`);
      return true;
    },
  });
  output.progress(1, '');
  return result;
}
