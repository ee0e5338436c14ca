import type { Outcome, Scenario } from '../../format/scenario.ts';
import { catalog } from '../../run/catalog.ts';
import type { Command } from '../command.ts';
import { runWithBar } from '../engine.ts';
import { lockOrder } from '../../analysis/lock_order.ts';
import { breachWords, inversionWords } from '../../analysis/order_words.ts';
import { ringWords } from '../../analysis/ring_words.ts';
import type { RunTrace } from '../../run/run.ts';
import { judge, type Verdict } from '../../run/judge.ts';
import { CHANGES, CHANGES_USAGE, scenarioFrom, withChanges } from '../scenario_source.ts';
import { table } from '../table.ts';

/** What `run` prints: names as in the interface. */
function summary(engine: string, scenario: Scenario, o: Outcome, invariants: Verdict): object {
  return {
    engine, story: scenario.id, profile: scenario.profile, seed: scenario.seed, knobs: scenario.knobs, endNs: o.endNs, events: o.events, hash: o.hash, outcome: o.ending, asExpected: o.ending === scenario.ends,
    kills: o.kills.map(({ timeNs, pid, comm, points, oomScoreAdj, constraint, order, gfp }) => ({ timeNs, pid, comm, points, oomScoreAdj, constraint, order, gfp })),
    userKills: o.userKills, locks: o.locks, deadlocks: o.deadlocks, counters: o.counters, firsts: o.firsts, invariants: { checked: invariants.checked.length, broken: invariants.broken },
  };
}
const seconds = (ns: number | null): string => (ns === null ? 'never' : `${(ns / 1e9).toFixed(6)} s`);

/** Orders of locks that could have hung, and other rules of lockdep that were broken, each in one line. */
function inversions({ chunks, tables }: RunTrace): string[] {
  const order = lockOrder(chunks, tables);
  return [...order.inversions.map((i) => inversionWords(order, i, (id) => tables.tasks[id].comm)), ...order.breaches.map((b) => breachWords(order, b))];
}
function words(scenario: Scenario, o: Outcome, invariants: Verdict, trace: RunTrace): string {
  const rows: (string | number)[][] = [
    ['story', `${scenario.id} (${scenario.profile}, seed ${scenario.seed})`],
    ['outcome', `${o.text}${o.ending === scenario.ends ? '' : `; expected ${scenario.ends}`}`],
    ['end', seconds(o.endNs)], ['events', String(o.events)], ['hash', o.hash],
    ['kswapd woken', seconds(o.firsts.kswapdWakeNs)], ['direct reclaim', seconds(o.firsts.directReclaimNs)], ['out of memory', seconds(o.firsts.oomNs)],
    ...o.kills.map((k) => ['killed', `${k.comm} (pid ${k.pid}) at ${seconds(k.timeNs)}, ${k.points} points, for order ${k.order} ${k.gfp}${k.constraint === 'CONSTRAINT_NONE' ? '' : `, ${k.constraint}`}`]),
    ...o.userKills.map((k) => ['killed by', `${k.by}: ${k.comm} (pid ${k.pid}) at ${seconds(k.timeNs)}`]),
    ...o.deadlocks.map((d) => [d.kind, ringWords(d)]), ...inversions(trace).map((w) => ['inverted', w]),
    ['invariants', `${invariants.checked.length} checked, ${invariants.broken.length} broken`], ...invariants.broken.map((b) => ['', `${b.invariant}, row ${b.row}: ${b.what}`]),
  ];
  return table(rows);
}

export const run: Command = {
  name: 'run',
  usage: `run STORY_OR_FILE_OR_LINK ${CHANGES_USAGE}`,
  doc: 'runs it, prints the summary',
  args: { positional: ['STORY_OR_FILE_OR_LINK'], ...CHANGES },
  async run(args, output) {
    const c = catalog(), source = await scenarioFrom(args.positional[0], c);
    const scenario = withChanges(source.scenario, args, c);
    const { outcome, trace } = runWithBar(scenario, output);
    const invariants = judge(trace);
    output.print(output.json ? JSON.stringify(summary(c.engine, scenario, outcome, invariants)) : words(scenario, outcome, invariants, trace));
    return outcome.ending === scenario.ends && invariants.broken.length === 0 ? 0 : 1;
  },
};
