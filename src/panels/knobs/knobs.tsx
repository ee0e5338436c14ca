import './knobs.css';
/** What of the scenario can be changed. A change waits until the run is asked for again; the run on screen stays. In a comparison the changes are B's. */
import { Fragment, type ReactElement, useState } from 'react';
import { changeCount, isChanged, isComputed, MIN_FREE } from '../../store/changed.ts';
import { resetDraft, runDraft } from '../../store/draft.ts';
import { addWork, dropLastWork, editField } from '../../store/edit.ts';
import { type Field, fieldsOf, GROUPS } from '../../store/fields.ts';
import { editBase, editRun } from '../../store/sides.ts';
import { useStore } from '../../store/store.ts';
import { plural } from '../../ui/format.ts';

/** What is typed stands as typed while the field has the focus or cannot be read; else the draft's value stands. */
function FreeField({ field, value }: { readonly field: Field; readonly value: string }): ReactElement {
  const problem = useStore((s) => s.problems[field.name]);
  const [text, setText] = useState('');
  const [focused, setFocused] = useState(false);
  const id = `knob-${field.name}`;
  return (
    <>
      <input
        className="knob-value" list={`${id}-list`} inputMode="decimal" spellCheck={false} autoComplete="off" aria-label={field.name} value={focused || problem !== undefined ? text : value}
        aria-invalid={problem !== undefined} aria-describedby={problem === undefined ? undefined : `${id}-problem`}
        onFocus={() => { if (problem === undefined) setText(value); setFocused(true); }} onBlur={() => setFocused(false)}
        onChange={(e) => { setText(e.target.value); editField(field, e.target.value); }}
        onKeyDown={(e) => { if (e.key === 'Enter') runDraft(); }}
      />
      <datalist id={`${id}-list`}><option value={value} /></datalist>
    </>
  );
}
const ChoiceField = ({ field, value }: { readonly field: Field; readonly value: string }): ReactElement => (
  <select className="knob-value" aria-label={field.name} value={value} onChange={(e) => editField(field, e.target.value)}>
    {!field.values.includes(value) && <option value={value}>{value}</option>}
    {field.values.map((v) => <option key={v} value={v}>{v}</option>)}
  </select>
);

/** Characters that a name with its unit may have before it stands on a line of its own; so has one with longer values than fit beside it. */
const LONG = 18, UNIT_ROOM = 4, LONG_VALUE = 7;
const isLong = (f: Field): boolean => f.name.length + Math.max(UNIT_ROOM, f.unit.length) > LONG || f.values.some((v) => v.length > LONG_VALUE);

function Knob({ field }: { readonly field: Field }): ReactElement {
  const value = useStore((s) => field.read(s.draft));
  const changed = useStore((s) => isChanged(field, s.draft, editBase(s)));
  const computed = useStore((s) => field.name === MIN_FREE && isComputed(s.draft));
  const problem = useStore((s) => s.problems[field.name]);
  return (
    <>
    <div className={`knob${changed ? ' changed' : ''}${isLong(field) ? ' long' : ''}`} title={field.doc}>
      <span className="knob-name" aria-hidden="true">{changed && <span className="dot">●</span>}{field.name}</span>
      {field.values.length > 0 ? <ChoiceField field={field} value={value} /> : <FreeField field={field} value={value} />}
      <span className="knob-unit">{field.unit}</span>
      {problem !== undefined && <p className="problem" role="alert" id={`knob-${field.name}-problem`}>{problem}</p>}
    </div>
    {computed && <p className="knob-hint">{`${MIN_FREE}: as the kernel computes it from the memory`}</p>}
    </>
  );
}

function Group({ name, fields }: { readonly name: string; readonly fields: readonly Field[] }): ReactElement | null {
  const changed = useStore((s) => fields.filter((f) => isChanged(f, s.draft, editBase(s))).length);
  if (fields.length === 0) return null;
  return (
    <fieldset className="knob-group">
      <legend className="hidden">{name}</legend>
      <p className="knob-head" aria-hidden="true"><span>{name}</span><span>{changed > 0 ? `${changed} changed` : ''}</span></p>
      {fields.map((field) => <Knob key={field.name} field={field} />)}
    </fieldset>
  );
}

function Work(): ReactElement | null {
  const workloads = useStore((s) => s.catalog?.workloads);
  const some = useStore((s) => s.draft.workloads.length > 0);
  if (workloads === undefined) return null;
  return (
    <div className="work">
      <select className="select" aria-label="Add work" value="" onChange={(e) => addWork(e.target.value)}>
        <option value="" disabled>add work</option>
        {workloads.map(({ id, doc }) => <option key={id} value={id}>{id}: {doc}</option>)}
      </select>
      <button type="button" className="btn" disabled={!some} title="Takes the last workload away" onClick={dropLastWork}>Remove last</button>
    </div>
  );
}

export function Knobs(): ReactElement {
  const catalog = useStore((s) => s.catalog);
  const draft = useStore((s) => s.draft);
  const base = useStore(editBase);
  const comparing = useStore((s) => s.compare !== null);
  const stale = useStore((s) => s.draft !== editRun(s));
  const wrong = useStore((s) => Object.keys(s.problems).length);
  const fields = fieldsOf(draft, catalog);
  const changed = changeCount(fields, draft, base);
  return (
    <section className="block knobs" aria-label="Knobs">
      <h2 className="head"><span>{comparing ? 'Knobs of B' : 'Knobs'}</span><span>{changed > 0 ? `${plural(changed, 'change')}` : comparing ? 'as in A' : 'as in the story'}</span></h2>
      {comparing && <p className="knob-hint">A stays as it is. A change runs B when it has rested for a moment.</p>}
      {GROUPS.map((group) => <Fragment key={group}><Group name={group} fields={fields.filter((f) => f.group === group)} />{group === 'Workload' && <Work />}</Fragment>)}
      <div className="acts">
        <button type="button" className={`btn${stale && wrong === 0 ? ' prim' : ''}`} disabled={wrong > 0} title={wrong > 0 ? 'A value above cannot be read' : comparing ? 'Runs B with these values' : 'Runs the scenario with these values'} onClick={runDraft}>Run again</button>
        <button type="button" className="btn" disabled={changed === 0 && wrong === 0} onClick={resetDraft}>Reset</button>
      </div>
    </section>
  );
}
