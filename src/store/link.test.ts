import { describe, expect, it, vi } from 'vitest';
import type { MachineShape } from '../format/machine.ts';
import { emptyState } from '../format/state.ts';
import type { OpenedLink } from '../share/link.ts';

vi.mock('../scenarios/index.ts', () => ({ stories: [{ id: 'none' }] }));
const { changesSince, linkProblemLine } = await import('./link.ts');
const { stateHash } = await import('./state_hash.ts');

const link = { cursor: { event: 100, timeNs: 2_000_000_000 }, engine: '0.1.0', stateHash: 'aa', storyChanged: false } as OpenedLink;
const same = { engine: '0.1.0', hash: 'aa', rows: 500, timeNs: 2_000_000_000 };

describe('a link that is opened', () => {
  it('says nothing while the machine is the same, whatever the engine is called', () => {
    expect(changesSince(link, same)).toBeNull();
    expect(changesSince(link, { ...same, engine: '0.2.0' })).toBeNull();
  });
  it('says what has changed when the machine is another', () => {
    const notice = changesSince(link, { ...same, engine: '0.2.0', hash: 'bb', timeNs: 2_000_400_000 });
    expect(notice?.title).toBe('The model has changed since this link was made.');
    expect(notice?.text).toContain('made with engine 0.1.0, this is 0.2.0; event 100 came at 2.000000 s, now at 2.000400 s');
  });
  it('says when its event does not come any more', () => {
    expect(changesSince(link, { ...same, rows: 50, hash: 'bb' })?.text).toContain('event 100 does not come: this run has 50 events');
  });
  it('says that the story was rewritten even if the machine is the same', () => {
    expect(changesSince({ ...link, storyChanged: true }, same)?.title).toBe('The story has been rewritten since this link was made.');
  });
});

describe('a link that cannot be opened', () => {
  it('says first what has become of it, and then where and what was expected', () => {
    const line = (trouble: 'cut' | 'altered' | 'newer' | 'none'): string => linkProblemLine({ trouble, line: 1, column: 57, message: 'expected more, found less' });
    expect(line('cut')).toBe('The link is cut: copy it again from where it came. link:1:57: expected more, found less');
    expect(line('newer')).toBe('The link was made by a newer oomscope. link:1:57: expected more, found less');
    expect([line('altered'), line('none')].map((l) => l.split(/[.:]/)[0])).toEqual(['The link was altered', 'This is no link of oomscope']);
  });
});
describe('the check of a state', () => {
  const shape: MachineShape = { profile: 'v6.1', kernel: '6.1', cpus: 1, hz: 250, preempt: 'none', zones: [{ name: 'DMA32', node: 0, startPfn: 0, spanned: 64, present: 64, managed: 64, reserve: [0] }], frames: 64, swapPages: 0 };
  it('is another for another frame, another row and another list', () => {
    const states = [emptyState(shape), emptyState(shape), emptyState(shape), emptyState(shape)];
    states[1].frames[63] = 4;
    states[2].row = 1;
    states[3].pcp[0] = 1;
    expect(new Set(states.map(stateHash)).size).toBe(4);
    expect(stateHash(emptyState(shape))).toBe(stateHash(states[0]));
  });
});
