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
  ends: 'no-oom',
});
/** Eight pages: they lift the zone over its minimum, and not over its high mark. */
export const notifierLastChance = of('notifier-last-chance', 'A notifier that frees a few pages', 'Here it frees 8 pages, enough for who asks and not enough for the high mark. Inside, the caller comes back without a kill and takes one of them; outside, its last look fails at the high mark, and somebody dies although pages were freed.', 8, 1);
export const notifierLastChanceMany = of('notifier-last-chance-many', 'A notifier that frees enough', 'Here it frees 1024 pages at once. Outside, the caller takes a page in the same attempt; inside it comes back without one, and must be first at the free list in its next round.', 1024, 1);
