import { beforeEach, describe, expect, it } from 'vitest';
import { traceFromText } from '../analysis/testing/drawn_trace.ts';
import { keepNote, NOTE_CHARS } from './note_texts.ts';
import { addNote } from './notes.ts';
import { store } from './store.ts';

const trace = traceFromText(`
  ms       0     10     20
  hog      run   .      run
  DMA32    100   90     80`);
const told = (): string[] => store.getState().notes.map((n) => `${n.event}: ${n.text}`);

describe('a note', () => {
  beforeEach(() => store.setState({ trace, notes: [], cursor: 1, dialog: null, playing: true }));

  it('is asked for at the cursor, and playing stops', () => {
    addNote();
    expect([store.getState().dialog, store.getState().playing, told()]).toEqual(['note', false, []]);
  });
  it('has its words, or a number where there are none, and stands in the order of the events', () => {
    keepNote(3, ' the first wake ');
    keepNote(1, '');
    expect(told()).toEqual(['1: note 2', '3: the first wake']);
    expect(store.getState().notes[1].timeNs).toBe(trace.timeOfEvent(3));
  });
  it('that is there gets other words, and none takes it away', () => {
    keepNote(3, 'one');
    keepNote(3, 'two');
    expect(told()).toEqual(['3: two']);
    keepNote(3, '  ');
    expect(told()).toEqual([]);
  });
  it(`has ${NOTE_CHARS} characters at most`, () => {
    keepNote(2, 'x'.repeat(200));
    expect(store.getState().notes[0].text).toBe('x'.repeat(80));
  });
});
