import { must } from '../../base/units.ts';
import { SLICE_STEPS } from '../../explore/explore.ts';
import { exploreScenario, NoBeginning } from '../../explore/story.ts';
import type { Explored } from '../../format/exploration.ts';
import type { Scenario } from '../../format/scenario.ts';
import { MAX_DEVIATIONS } from '../../format/scenario_schema.ts';
import { catalog } from '../../run/catalog.ts';
import { stories } from '../../scenarios/index.ts';
import { encodeLink } from '../../share/link.ts';
import type { Command, Output } from '../command.ts';
import { BadInput } from '../problem.ts';
import { CHANGES, CHANGES_USAGE, readWhole, scenarioFrom, withChanges } from '../scenario_source.ts';
import { table } from '../table.ts';

/** Steps between two words of progress: few enough that a bar moves. */
const SLICE = Math.ceil(SLICE_STEPS / 10);

function exploreWithBar(s: Scenario, bound: number | null, output: Output): Explored {
  const refuse = (message: string): never => { throw new BadInput('arguments', { line: 1, column: 2, message }); };
  if (s.explore === undefined) return refuse(`expected a story that says what makes a schedule bad (${stories.filter((o) => o.explore !== undefined).map((o) => o.id).join(', ')}), found ${s.id}`);
  const e = exploreScenario(s, bound);
  try {
    while (!e.slice(SLICE)) {
      const { doing, schedules, stepsRun } = e.progress;
      output.progress((schedules % 1000) / 1000, `${schedules} schedules, ${stepsRun} steps: ${doing}`); // how many there are is not known before
    }
  } catch (error) { if (error instanceof NoBeginning) refuse(error.message); else throw error; }
  output.progress(1, '');
  return e.result();
}

export const explore: Command = {
  name: 'explore',
  usage: `explore STORY ${CHANGES_USAGE} [--bound N]`,
  doc: 'all schedules with up to N deviations from the timed order, then every order; the shortest bad one, as a link; status 1 if there is one',
  args: { positional: ['STORY'], values: [...CHANGES.values, 'bound'], lists: CHANGES.lists },
  async run(args, output) {
    const c = catalog(), source = await scenarioFrom(args.positional[0], c), given = args.list('bound')[0];
    const scenario = withChanges(source.scenario, args, c), bound = given === undefined ? null : readWhole(given, 'the bound', MAX_DEVIATIONS);
    const { bad, covered, words } = exploreWithBar(scenario, bound, output);
    const link = bad === null ? null : await encodeLink({
      scenario: { ...scenario, choices: bad.choices }, story: source.story, cursor: { event: bad.event, timeNs: bad.timeNs }, view: null, notes: [], compared: null, beside: null, engine: c.engine, stateHash: '',
    }, stories);
    const { id, profile, seed, knobs } = scenario;
    if (output.json) output.print(JSON.stringify({ engine: c.engine, story: id, profile, seed, knobs, looksFor: must(scenario.explore, 'a story to be explored').bad, bad, covered, words, link }));
    else output.print(bad === null ? words : `${words}\n${table([['choices', bad.choices.join(' ') || 'none: the timed order'], ['bad at', `${(bad.timeNs / 1e6).toFixed(6)} ms, event ${bad.event}`], ['link', link ?? '']])}`);
    return bad === null ? 0 : 1;
  },
};
