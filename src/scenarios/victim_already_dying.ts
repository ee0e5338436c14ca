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
  ...fullMachine(2, 400),
  workloads: [...VICTIMS, FILLER, { type: 'asker', name: 'dying', user: 1, start: 60, pages: 4 }, { type: 'stop', name: 'somebody', target: 'dying', start: 60.05 }, endAt(400)],
  ends: 'no-oom',
};
/** The same on a later kernel. */
export const victimAlreadyDying61: Scenario = { ...victimAlreadyDying, id: 'victim-already-dying-v6.1', title: 'Who asks has been killed already, on 6.1', profile: 'v6.1' };
