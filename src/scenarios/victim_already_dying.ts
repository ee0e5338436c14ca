import type { Scenario } from '../format/scenario.ts';
import { endAt, FILLER, fullMachine, VICTIMS } from './full_machine.ts';
import { RIENTJES_2018 } from './mails.ts';

export const victimAlreadyDying: Scenario = {
  id: 'victim-already-dying',
  title: 'Who asks has been killed already',
  mail: RIENTJES_2018,
  text: [
    'A process asks for a page when memory is full, and while it goes through direct reclaim somebody sends it SIGKILL. A larger process with a higher score stands by.',
    'out_of_memory() looks at the caller first: it is on its way out and its memory will come back, so it becomes the victim itself, may use the reserves, and leaves. The other one lives.',
  ],
  ...fullMachine(1, 400),
  workloads: [...VICTIMS, FILLER, { type: 'asker', name: 'dying', user: 1, start: 60, pages: 4 }, { type: 'stop', name: 'somebody', target: 'dying', start: 61 }, endAt(400)],
  ends: 'no-oom',
};
