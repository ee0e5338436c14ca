import type { Scenario } from '../format/scenario.ts';
import { endAt, FILLER, fullMachine, VICTIMS } from './full_machine.ts';
import { RIENTJES_2018 } from './mails.ts';

const of = (id: string, title: string, text: string, pages: number, batches: number): Scenario => ({
  id, title, mail: RIENTJES_2018,
  text: [
    'A notifier gives pages back. With the chain inside out_of_memory() the last look at the free list, at the high mark, is over by then: that something was freed only means "no kill this time", and the caller goes round again. Before oom_lock the look comes after the notifiers.',
    text,
  ],
  ...fullMachine(1, 300),
  workloads: [{ type: 'notifier', name: 'driver', pages, batches }, ...VICTIMS, FILLER, { type: 'asker', name: 'asker', start: 60, jitter: 4 }, endAt(300)],
  ends: 'oom-kill',
});
/** Ten times 8 pages: too few to lift the zone over its high mark, and they stay on a per-CPU list, which no watermark counts. */
export const notifierLastChance = of('notifier-last-chance', 'A notifier that frees a few pages', 'Here it frees 8 pages, ten times. Inside, each of the ten holds the kill back by a round; outside, the first call is followed by a kill, since the zone is still below its mark.', 8, 10);
export const notifierLastChanceMany: Scenario = {
  ...of('notifier-last-chance-many', 'A notifier that frees enough', 'Here it frees 1024 pages at once. Outside, the caller takes a page in the same attempt; inside it comes back without one, and must be first at the free list in its next round.', 1024, 1), ends: 'no-oom',
};
