/** The way of the request at the cursor, an allocation or a charge, as a ladder: one gate a row, with its question, what was compared, and the answer. */
import { type ReactElement, type RefObject, useLayoutEffect, useRef } from 'react';
import { type Gate, type Inside, isSubject, type Ladder, ladderAt, type LadderStep, lastRequest, type Operand } from '../../analysis/path.ts';
import { exitAt } from '../../analysis/why.ts';
import { store, useStore } from '../../store/store.ts';
import { count, duration, plural, seconds } from '../../ui/format.ts';
import { type AtCursor, useAtCursor } from './at_cursor.ts';
import { operandWords, subjectWords } from './decide_words.ts';
import { ObjectWay } from './object_path.tsx';
import { Why } from './why.tsx';

const go = (event: number): void => store.getState().setCursor(event);

const answerWords = (answer: number): string => (answer === 0 ? 'no' : answer === 1 ? 'yes' : count(answer));
const numberWords = ({ question }: Gate, { name, value }: Operand): string => (isSubject(name) ? subjectWords(question, value) : operandWords(name, value));

function Answer({ answer }: { readonly answer: number }): ReactElement {
  const shape = answer === 0 ? <path d="M1.5 1.5l7 7m0-7l-7 7" stroke="currentColor" strokeWidth="1.6" /> : <path d="M1 5.5l2.6 2.6L9 2" fill="none" stroke="currentColor" strokeWidth="1.6" />;
  return <span className="answer"><svg className="sign" viewBox="0 0 10 10" aria-hidden="true">{shape}</svg>{answerWords(answer)}</span>;
}
/** Brings the step at the cursor into sight. */
function useInSight(here: boolean): RefObject<HTMLLIElement | null> {
  const row = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => { if (here) row.current?.scrollIntoView({ block: 'nearest' }); }, [here]);
  return row;
}
/** Where a step leads, for who does not see its title. */
const Where = ({ event }: { readonly event: number }): ReactElement => <span className="hidden">, go to event {count(event)}</span>;
function GateRow({ gate, here }: { readonly gate: Gate; readonly here: boolean }): ReactElement {
  const row = useInSight(here), exit = exitAt(gate), way = gate.later ? ' later' : exit?.taken === true ? ' taken' : exit !== null ? ' passed' : '';
  return (
    <li ref={row} className={`gate${way}${here ? ' here' : ''}`} aria-current={here ? 'step' : undefined}>
      <button type="button" onClick={() => go(gate.event)} title={`Go to event ${count(gate.event)}, where ${gate.fn}() decided this`}>
        <span className="gate-question">{gate.question}{gate.times > 1 && <span className="i3"> {count(gate.times)} times</span>}</span>
        <Answer answer={gate.answer} />
        {exit?.taken === true && <span className="gate-operands">{exit.words}</span>}
        {gate.operands.length > 0 && <span className="gate-operands">{gate.operands.map((o) => numberWords(gate, o)).join(', ')}</span>}
        <Where event={gate.event} />
      </button>
    </li>
  );
}
function InsideRow({ step, here }: { readonly step: Inside; readonly here: boolean }): ReactElement {
  const row = useInSight(here);
  return (
    <li ref={row} className={`gate inside${step.later ? ' later' : ''}${here ? ' here' : ''}`} aria-current={here ? 'step' : undefined}>
      <button type="button" onClick={() => go(step.event)} title={`Go to event ${count(step.event)}, where it was entered`}>
        <span className="gate-question"><code>{step.fn}()</code></span>
        <span className="answer i3">{duration(step.lengthNs)}</span>
        {step.questions > 0 && <span className="gate-operands">{plural(step.questions, 'question')} inside</span>}
        <Where event={step.event} />
      </button>
    </li>
  );
}

/** Steps under the functions that they were asked in: a heading wherever the function changes. */
function Steps({ steps, cursor }: { readonly steps: readonly LadderStep[]; readonly cursor: number }): ReactElement {
  const last = steps.findLastIndex((s) => !s.later && s.event <= cursor);
  return (
    <ol className="ladder">
      {steps.flatMap((step, i) => {
        const row = step.kind === 'gate' ? <GateRow key={step.event} gate={step} here={i === last} /> : <InsideRow key={step.event} step={step} here={i === last} />;
        const before = steps[i - 1], heading = step.kind === 'gate' && (before === undefined || before.kind !== 'gate' || before.fn !== step.fn);
        return heading ? [<li key={`fn${step.event}`} className={`gate-fn${step.later ? ' later' : ''}`}><code>{step.fn}</code></li>, row] : [row];
      })}
    </ol>
  );
}
/** How long each round took, side by side; the one with the cursor is full. An allocation's way into the slow path is no round of it: it stands apart. */
function Rounds({ ladder }: { readonly ladder: Ladder }): ReactElement {
  const lengths = ladder.rounds.map((r) => Math.max(0, r.toNs - r.fromNs)), most = Math.max(1, ...lengths), apart = ladder.kind === 'allocation' ? 0.6 : 0, width = 100 / (lengths.length + apart);
  return (
    <svg className="rounds" aria-hidden="true">
      {lengths.map((length, i) => {
        const height = Math.max(2, (length / most) * 36);
        return <rect key={`r${i + 0}`} className={i === ladder.current ? 'fill-direct' : 'fill-mark'} x={`${((i + (i > 0 ? apart : 0)) * width).toFixed(2)}%`} width={`${(width * 0.8).toFixed(2)}%`} y={38 - height} height={height} />;
      })}
    </svg>
  );
}
const RoundButton = ({ name, event, path }: { readonly name: string; readonly event: number | undefined; readonly path: string }): ReactElement => (
  <button type="button" className="btn square" aria-label={name} title={name} disabled={event === undefined} onClick={() => { if (event !== undefined) go(event); }}>
    <svg className="icon" viewBox="0 0 14 14" aria-hidden="true"><path d={path} fill="none" stroke="currentColor" strokeWidth="1.5" /></svg>
  </button>
);

/** How far it has come. The first round of an allocation is the way into the slow path. */
function roundName({ kind, rounds, current }: Ladder): string {
  if (kind !== 'allocation') return `Round ${count(current + 1)} of ${count(rounds.length)}`;
  return current === 0 ? 'First way in' : `Round ${count(current)} of ${count(rounds.length - 1)}`;
}
/** The rounds: which one this is, and the way to its neighbours. */
function RoundHead({ ladder }: { readonly ladder: Ladder }): ReactElement {
  const { rounds, current } = ladder, last = rounds.length - 1, round = rounds[current];
  const start = (index: number): number | undefined => rounds[index]?.steps[0]?.event;
  const before = current > 0 ? start(current - 1) : undefined, after = start(current + 1);
  return (
    <div className="round">
      <span>{roundName(ladder)} <span className="i3">{duration(round.toNs - round.fromNs)}</span></span>
      {last > 0 && (
        <span className="round-steps">
          <RoundButton name="Previous round" event={before} path="M9 2.5L4 7l5 4.5" />
          <RoundButton name="Next round" event={after} path="M5 2.5L10 7l-5 4.5" />
        </span>
      )}
    </div>
  );
}

/** `3 rounds of the slow path`. */
function roundsWords({ kind, rounds, fn }: Ladder): string {
  return kind === 'allocation' ? `${plural(rounds.length - 1, 'round')} of the slow path` : `${plural(rounds.length, 'round')} of ${fn}()`;
}
function Title({ at: { trace }, ladder }: { readonly at: AtCursor; readonly ladder: Ladder }): ReactElement {
  const who = <code className="b">{trace.tables.taskName(ladder.task)}</code>;
  if (ladder.kind === 'allocation') return <span>Allocation of {who}</span>;
  return ladder.kind === 'charge' ? <span>Charge of {who} to its memory cgroup</span> : <span>{who} in <code>{ladder.fn}()</code></span>;
}
function LadderView({ at, ladder }: { readonly at: AtCursor; readonly ladder: Ladder }): ReactElement {
  const { trace, cursor } = at, end = ladder.toEvent === null ? 'not over yet' : `${duration(trace.timeOfEvent(ladder.toEvent) - ladder.fromNs)} in all`;
  return (
    <>
      <div className="block">
        <h2 className="head"><Title at={at} ladder={ladder} /><span>{end}</span></h2>
        <p className="i3">entered at {seconds(ladder.fromNs)}, event {count(ladder.fromEvent)} <button type="button" className="link" onClick={() => go(ladder.fromEvent)}>go there</button></p>
        {ladder.rounds.length > 1 && <><Rounds ladder={ladder} /><p className="i3">{ladder.kind === 'allocation' && 'The way in, apart; '}{roundsWords(ladder)}, each as tall as it was long</p></>}
      </div>
      <RoundHead ladder={ladder} />
      {ladder.rounds.every((r) => r.steps.length === 0) ? <p className="block i3">Nothing has been decided on this way so far.</p> : <Steps steps={ladder.rounds[ladder.current].steps} cursor={cursor} />}
    </>
  );
}

/** Where there is no way to show: what the tab is about, and where this task had one last. */
function NoRequest({ at: { trace, cursor, task } }: { readonly at: AtCursor }): ReactElement {
  const event = lastRequest(trace, cursor, task);
  return (
    <p className="block i3">
      Here stand the decisions of a request. {trace.tables.taskName(task)} asks for no page now, nor to be charged for one. {event > 0
        ? <button type="button" className="link" onClick={() => go(event)}>Go to the end of its last request, event {count(event)}</button>
        : 'It has not asked for any so far: choose another task in the timeline, or go on.'}
    </p>
  );
}
function RequestWay({ at }: { readonly at: AtCursor }): ReactElement {
  if (at.task < 0) return <p className="block i3">No task has acted yet. Step forward, or choose a task in the timeline.</p>;
  const ladder = ladderAt(at.trace, at.cursor, at.task);
  return (
    <>
      <Why at={at} />
      {ladder === null
        ? <NoRequest at={at} />
        : <LadderView at={at} ladder={ladder} />}
    </>
  );
}
/** First the object that is followed, if one is: its stations are far apart, and no request need be at the cursor. */
export function PathTab(): ReactElement {
  const at = useAtCursor();
  useStore((s) => s.version);
  return at === null ? <p className="block i3">The machine is booting.</p> : <><ObjectWay at={at} /><RequestWay at={at} /></>;
}
