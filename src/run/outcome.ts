/** What is said of a run that has ended. */
import type { Ending, Outcome } from '../format/scenario.ts';
import { gfpNames } from '../kernel/mm/gfp.ts';
import { deadlocksOf } from './progress.ts';
import type { Run } from './run.ts';

function endingOf(run: Run): Ending {
  if (run.k.mm.panicked !== null) return 'panic';
  if (run.stall !== null) return run.stall.ending;
  if (run.limit) return 'limit';
  return run.k.mm.kills.length > 0 ? 'oom-kill' : 'no-oom';
}
function textOf(run: Run, ending: Ending): string {
  const { kills, panicked, userKills } = run.k.mm, [user] = userKills;
  if (run.stall !== null) return run.stall.text;
  if (ending === 'panic') return `panic: ${panicked}`;
  if (ending === 'limit') return `stopped at ${(run.k.now / 1e9).toFixed(1)} s: more events than one run may have`;
  if (ending === 'no-oom' && user !== undefined) return `no OOM kill: ${user.by} killed ${userKills.length === 1 ? '' : `${userKills.length} processes, first `}${user.comm} (pid ${user.pid}), ${(run.k.now / 1e9).toFixed(1)} s`;
  if (ending === 'no-oom') return `no kill, ${(run.k.now / 1e9).toFixed(1)} s`;
  const names = kills.map((x) => `${x.comm} (pid ${x.pid})`), what = kills.every((x) => x.constraint === 'CONSTRAINT_MEMCG') ? 'memory cgroup out of memory' : 'out of memory';
  return kills.length === 1 ? `${what}: killed ${names[0]}` : `${what}: killed ${kills.length} processes, first ${names[0]}`;
}
export function outcomeOf(run: Run): Outcome {
  const { k } = run, ending = endingOf(run), f = k.mm.firsts;
  return {
    ending, text: textOf(run, ending), endNs: k.now, events: k.recorder.rows, hash: k.recorder.digest,
    kills: k.mm.kills.map((x) => ({ ...x, gfp: gfpNames(x.gfp) })), userKills: k.mm.userKills.map((x) => ({ ...x })), counters: k.mm.counters(),
    firsts: { kswapdWakeNs: f.kswapdWake, directReclaimNs: f.directReclaim, oomNs: f.oom, killNs: k.mm.kills[0]?.timeNs ?? null, reapNs: f.reap },
    locks: k.locks.filter((l) => l.holds > 0 || l.misses > 0).map((l) => ({
      name: l.name, holds: l.holds, longestHoldNs: Math.max(0, l.longestNs), longestHoldStack: k.stackNames(l.longestStack), trylockMisses: l.misses,
    })),
    deadlocks: run.stall?.rings ?? deadlocksOf(k),
  };
}
