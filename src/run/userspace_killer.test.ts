/** A killer in user space against the kernel's: who comes first, and whether it had reason to. */
import { expect, test } from 'vitest';
import { must } from '../base/units.ts';
import { viewOf } from '../experiments/view.ts';
import type { Scenario } from '../format/scenario.ts';
import { DEAD } from '../kernel/sched/task.ts';
import { userspaceKiller, userspaceKillerLate } from '../scenarios/userspace_killer.ts';
import { Run, runScenario } from './run.ts';

function toItsEnd(s: Scenario): Run {
  const run = new Run(s, 'none');
  while (!run.slice()) if (run.k.mm.userKills.length > 0) break;
  return run;
}
test('in time it kills the app before the OOM killer is asked, while there is swap left', () => {
  const { k } = toItsEnd(userspaceKiller), { mm } = k;
  expect([mm.userKills.map((x) => [x.by, x.comm]), mm.kills, mm.firsts.oom]).toEqual([[['lmkd', 'app']], [], null]);
  expect(mm.swap.free).toBeGreaterThan(0);
});
test('the service lives, and the line of the run says who killed', () => {
  const run = new Run({ ...userspaceKiller, untilNs: 750e6 }, 'none'); // the driver ends everything at 800 ms
  while (!run.slice());
  const state = (comm: string): number => must(run.k.tasks.find((t) => t.comm === comm), comm).state;
  expect([state('app') === DEAD, state('service') === DEAD]).toEqual([true, false]);
  expect(run.outcome().userKills.map(({ by, comm }) => [by, comm])).toEqual([['lmkd', 'app']]);
  expect(run.outcome().text).toMatch(/^no OOM kill: lmkd killed app \(pid \d+\), 0\.\d s$/);
});
test('its trigger fires at 70 ms or more within the second, and once a second at most', () => {
  const { outcome, trace } = runScenario(userspaceKiller), v = viewOf(outcome, trace), events = v.marks('psi_event'), [event] = events;
  expect(events).toHaveLength(1); // the run is over before a second has passed
  const reached = v.marks('psi_growth').filter((m) => m.timeNs <= event.timeNs).map((m) => m.c);
  expect(must(reached.at(-1), 'a look')).toBeGreaterThanOrEqual(70_000);
  for (const growth of reached.slice(0, -1)) expect(growth).toBeLessThan(70_000);
});
test('asked to wait for 700 ms it sleeps while the kernel kills', () => {
  const { outcome, trace } = runScenario(userspaceKillerLate), v = viewOf(outcome, trace);
  expect([outcome.ending, outcome.kills.map((x) => x.comm), v.marks('userspace_kill'), v.marks('psi_event')]).toEqual(['oom-kill', ['app'], [], []]);
  expect(v.marks('psi_growth').length).toBeGreaterThan(0); // psimon did look
});
test('an event that comes while memory is not low does not come again within the second: it looks by itself every 10 ms, as lmkd does, and kills when it is', () => {
  // a faster disk and an app that grows a little slower: what else runs decides by a page or two whether free memory is below the marks at the event; with this seed it is not
  const quick: Scenario = {
    ...userspaceKiller, seed: 10, machine: { ...userspaceKiller.machine, swap: { kind: 'disk', pages: 1536 }, disk: { mbPerS: 40, requestsPerS: 400 } },
    workloads: userspaceKiller.workloads.map((w) => (w.type === 'anon' ? { ...w, rate: 84 } : w)),
  };
  const { outcome, trace } = runScenario(quick), v = viewOf(outcome, trace), [event] = v.marks('psi_event'), [kill] = v.marks('userspace_kill');
  expect([v.marks('psi_event').length, outcome.userKills.map((x) => x.comm), outcome.kills]).toEqual([1, ['app'], []]);
  expect((kill.timeNs - event.timeNs) / 1e6).toBeGreaterThan(10);
  expect((kill.timeNs - event.timeNs) / 1e6).toBeLessThan(11);
});
