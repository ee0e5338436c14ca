import { describe, expect, it } from 'vitest';
import type { Outcome } from '../format/scenario.ts';
import { statusSign, statusText } from './status.ts';

const outcome = (ending: Outcome['ending'], text: string): Outcome => ({
  ending, text, endNs: 0, events: 0, hash: '', kills: [], userKills: [], counters: {}, firsts: { kswapdWakeNs: null, directReclaimNs: null, oomNs: null, killNs: null, reapNs: null }, locks: [], deadlocks: [],
});

// the texts are those of the page's interface: INTERFACES.md, row "status"
describe('status', () => {
  it('counts a run in whole per cent and never says 100 before it has ended', () => {
    expect(statusText({ kind: 'running', timeNs: 2.15e9, untilNs: 5e9 })).toBe('running 43 %');
    expect(statusText({ kind: 'running', timeNs: 5e9, untilNs: 5e9 })).toBe('running 99 %');
  });
  it('says how a run has ended', () => {
    expect(statusText({ kind: 'ended', outcome: outcome('oom-kill', 'out of memory: killed hog (pid 79)') })).toBe('ended: out of memory: killed hog (pid 79)');
    expect(statusText({ kind: 'ended', outcome: outcome('no-oom', 'no kill, 12.0 s') })).toBe('ended: no kill, 12.0 s');
    expect(statusText({ kind: 'ended', outcome: outcome('livelock', 'no progress: oom_lock (2 tasks)') })).toBe('ended: no progress: oom_lock (2 tasks)');
  });
  it('says where a run was stopped or failed', () => {
    expect(statusText({ kind: 'stopped', timeNs: 2_310_000_000 })).toBe('stopped at 2.310 s');
    expect(statusText({ kind: 'failed', message: 'unknown knob' })).toBe('failed: unknown knob');
  });
  it('has another shape for a kill, for none and for no progress', () => {
    const signs = (['oom-kill', 'no-oom', 'livelock'] as const).map((e) => statusSign({ kind: 'ended', outcome: outcome(e, '') }));
    expect(new Set(signs).size).toBe(3);
    const byProgram = statusSign({ kind: 'ended', outcome: { ...outcome('no-oom', ''), userKills: [{ timeNs: 0, by: 'lmkd', pid: 2, comm: 'app' }] } });
    expect(signs).not.toContain(byProgram);
  });
});
