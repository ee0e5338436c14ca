import './story.css';
/** What is shown and why, what must come of it, and what came of it in this run. */
import type { ReactElement, ReactNode } from 'react';
import type { Ending, Outcome } from '../../format/scenario.ts';
import { useStore } from '../../store/store.ts';
import { count, DASH, duration, plural, seconds } from '../../ui/format.ts';

const endings: Readonly<Record<Ending, string>> = {
  'oom-kill': 'with a kill by the OOM killer', 'no-oom': 'without an OOM kill', panic: 'with a panic', deadlock: 'in a deadlock', livelock: 'in a livelock', starvation: 'in starvation', limit: 'at its limit of events',
};
type Figure = readonly [name: string, value: string];
const at = (ns: number | null): string => (ns === null ? DASH : seconds(ns, 3));

/** Counters worth a line: in the order in which pressure grows. */
const counters: readonly (readonly [name: string, counter: string, unit: string])[] = [
  ['page faults', 'pgfault', ''],
  ['waits in direct reclaim', 'allocstall', ''],
  ['kswapd scanned', 'pgscan_kswapd', 'pages'],
  ['kswapd reclaimed', 'pgsteal_kswapd', 'pages'],
  ['directly scanned', 'pgscan_direct', 'pages'],
  ['directly reclaimed', 'pgsteal_direct', 'pages'],
  ['swapped out', 'pswpout', 'pages'],
];
function countersOf(o: Outcome): Figure[] {
  const stalls = Object.entries(o.counters).filter(([name]) => name.startsWith('allocstall')).reduce((sum, [, n]) => sum + n, 0);
  const value = (counter: string): number | undefined => (counter === 'allocstall' ? stalls : o.counters[counter]);
  return counters.flatMap(([name, counter, unit]): Figure[] => {
    const n = value(counter);
    return n === undefined || n === 0 ? [] : [[name, unit === '' ? count(n) : `${count(n)} ${unit}`]];
  });
}
function figuresOf(o: Outcome): Figure[] {
  const { kswapdWakeNs, directReclaimNs, killNs } = o.firsts;
  const between: Figure[] = directReclaimNs !== null && killNs !== null ? [['direct reclaim to OOM kill', duration(killNs - directReclaimNs)]] : [];
  const kills: Figure[] = o.kills.length > 1 ? [['killed by the OOM killer', plural(o.kills.length, 'task')]] : [], [user] = o.userKills;
  const byPrograms: Figure[] = user === undefined ? [] : [[`first kill by ${user.by}`, at(user.timeNs)], ['killed by programs', plural(o.userKills.length, 'process', 'processes')]];
  return [
    ['kswapd first woken', at(kswapdWakeNs)], ['first direct reclaim', at(directReclaimNs)], ['first OOM kill', at(killNs)], ...between, ...kills, ...byPrograms,
    ['simulated', duration(o.endNs)], ['events', count(o.events)], ...countersOf(o),
  ];
}

function Figures(): ReactElement {
  const phase = useStore((s) => s.phase);
  if (phase.kind !== 'ended') return <p className="i3">{phase.kind === 'running' ? 'The figures come when it has ended.' : 'The run has no end: no figures.'}</p>;
  return <dl className="pairs">{figuresOf(phase.outcome).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}
function Expectation(): ReactElement | null {
  const ends = useStore((s) => s.scenario.ends);
  const changed = useStore((s) => s.scenario !== s.story);
  const listed = useStore((s) => s.stories.some((known) => known.id === s.scenario.id));
  const phase = useStore((s) => s.phase);
  // of a machine that was imported nothing is expected
  if (!listed) return phase.kind === 'ended' ? <p className="ink">Ended {endings[phase.outcome.ending]}.</p> : null;
  if (phase.kind !== 'ended') return <p>It should end {endings[ends]}.</p>;
  const same = phase.outcome.ending === ends;
  return <p className="ink">Ended {endings[phase.outcome.ending]}{same ? ', as expected.' : changed ? `; the story as it is written ends ${endings[ends]}.` : `; expected: ${endings[ends]}.`}</p>;
}

/** Only of a story that can be explored. */
function Schedules(): ReactElement | null {
  const explore = useStore((s) => s.scenario.explore);
  const choices = useStore((s) => s.scenario.choices);
  const openDialog = useStore((s) => s.openDialog);
  if (explore === undefined) return null;
  const off = choices?.filter((c) => c > 0).length ?? 0;
  return (
    <>
      {choices !== undefined && <p className="ink">This run follows a schedule that was explored, with {off === 0 ? 'no deviation' : plural(off, 'deviation')} from the order of the times.</p>}
      <p><button type="button" className="btn" onClick={() => openDialog('explore')}>Explore</button></p>
    </>
  );
}

const Text = ({ text }: { readonly text: readonly string[] }): ReactElement => <>{text.map((paragraph) => <p key={paragraph}>{paragraph}</p>)}<Schedules /></>;

/** `claim`: what the story is run for, from the experiments' panel. */
export function Story({ claim }: { readonly claim: ReactNode }): ReactElement {
  const story = useStore((s) => s.scenario);
  return (
    <section aria-label="Story">
      <div className="block">
        <h2 className="head"><span>Story</span><span>{story.machine.name.replace(/^imported: /, '')}</span></h2>
        <p className="title">{story.title}</p>
        {story.mail !== undefined && <p className="mail">{story.mail}</p>}
        {story.mail === undefined && <Text text={story.text} />}
      </div>
      {story.mail !== undefined && <>{claim}<div className="block"><h2 className="head"><span>How it is run</span></h2><Text text={story.text} /></div></>}
      <div className="block">
        <h2 className="head"><span>In this run</span></h2>
        <Expectation />
        <Figures />
      </div>
    </section>
  );
}
