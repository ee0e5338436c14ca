import { catalog } from '../../run/catalog.ts';
import { stories } from '../../scenarios/index.ts';
import { COMFORTABLE_LINK, encodeLink, type LinkContent } from '../../share/link.ts';
import type { RunTrace } from '../../run/run.ts';
import type { Command } from '../command.ts';
import { runWithBar } from '../engine.ts';
import { CHANGES, CHANGES_USAGE, readDuration, scenarioFrom, withChanges } from '../scenario_source.ts';

/** The number of the first event after `timeNs`: the state shown there is the one at that time. */
function eventAt(trace: RunTrace, timeNs: number): number {
  let events = 0;
  for (const c of trace.chunks) for (let i = 0; i < c.length && c.time[i] <= timeNs; i++) events = c.first + i + 1;
  return events;
}

export const link: Command = {
  name: 'link',
  usage: `link STORY ${CHANGES_USAGE} [--at TIME]`,
  doc: 'prints the share link\'s fragment; --at puts the cursor there',
  args: { positional: ['STORY'], values: [...CHANGES.values, 'at'], lists: CHANGES.lists },
  async run(args, output) {
    const c = catalog(), source = await scenarioFrom(args.positional[0], c);
    const scenario = withChanges(source.scenario, args, c), at = args.list('at')[0];
    let cursor: LinkContent['cursor'] = null;
    if (at !== undefined) {
      const timeNs = readDuration(at);
      const { trace } = runWithBar({ ...scenario, untilNs: Math.max(1, Math.min(timeNs, scenario.untilNs)) }, output);
      cursor = { event: eventAt(trace, timeNs), timeNs };
    }
    const fragment = await encodeLink({ scenario, story: source.story, cursor, view: null, notes: [], compared: null, beside: null, engine: c.engine, stateHash: '' }, stories);
    if (fragment.length > COMFORTABLE_LINK) output.note(`this link has ${fragment.length} characters: more than ${COMFORTABLE_LINK} may be cut on their way; oomscope export --to json makes a file`);
    output.print(output.json ? JSON.stringify({ fragment, characters: fragment.length, story: source.story, cursor }) : fragment);
    return 0;
  },
};
