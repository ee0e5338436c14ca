import { expect, test } from 'vitest';
import { Run } from '../run/run.ts';
import { userspaceKiller } from '../scenarios/userspace_killer.ts';
import { ViewMaker } from './view.ts';

test('the CPU time that is read off the rows is what the machine has counted for each task, but for bare ticks, which leave no row', () => {
  const run: Run = new Run(userspaceKiller, (c) => { maker.learn(run.k.recorder.takeGrowth()); maker.fold(c); }), maker: ViewMaker = new ViewMaker(run.booted);
  while (!run.slice());
  maker.learn(run.k.recorder.takeGrowth());
  const view = maker.view(run.outcome()), { k } = run, tick = k.cost.tick;
  for (const comm of ['kswapd0', 'lmkd', 'service', 'app', 'psimon']) {
    const counted = k.tasks.filter((t) => t.comm === comm).reduce((n, t) => n + t.used, 0);
    expect(counted).toBeGreaterThan(0);
    expect(view.cpuNs(comm)).toBeGreaterThanOrEqual(counted);
    expect(view.cpuNs(comm)).toBeLessThanOrEqual(counted + tick * Math.ceil(counted / k.tickNs + 1));
  }
});
