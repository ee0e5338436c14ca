import type { Scenario } from '../format/scenario.ts';
import { kswapdSlowed as heavy, kswapdSlowedLight as light, kswapdSlowedOff as off, kswapdSlowedPatient as patient } from '../scenarios/kswapd_slowed.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import type { View } from './view.ts';

const steals = (run: View): number => run.marks('mm_vmscan_lru_shrink_inactive').reduce((n, m) => n + (m.task.startsWith('kswapd0/') ? m.c : 0), 0);
const pagesPerMs = (run: View): number => (steals(run) * 1e6) / run.cpuNs('kswapd0');
const userKills = (run: View): number => run.marks('userspace_kill').length;
const emptyLists = (run: View): number => run.taken('the per-CPU list is empty: refill from the buddy', 'kswapd0');
const quiet = (run: View): boolean => userKills(run) === 0 && run.outcome.kills.length === 0;
/** Of what kswapd reclaims in a ms without the load: at 3.4 million objects a second no more than 95.8 % where nobody ends it, at 1 million no less than 99.6 (seeds 1 to 50). */
const SLOWED = 0.98;
/** A zone of 165 MiB: its lists are refilled by 7 pages and hold 42, where it was 63 and 378. */
const smallZone = (s: Scenario): Scenario => ({ ...s, machine: { ...s.machine, zones: s.machine.zones.map((z) => (z.name === 'DMA32' ? { ...z, spanned: 45_056, present: 45_056, managed: 42_240 } : z)) } });

export const kswapdSlowedClaim: Experiment = {
  id: 'kswapd-slowed',
  mail: heavy.mail ?? '',
  claim: 'If kvfree_rcu() empties the per-CPU list, kswapd finds nothing on it, reclaim slows down, and that may bring an OOM kill of its own, or a userspace killer.',
  verdict: 'holds if',
  because: 'It holds if the load is near what one CPU can queue (at 3 million objects a second no seed of 50 is slowed by 2 %, at 3.2 million more than half of them are, at 3.4 million all, by 4 to 9 %), if the lists are large (batch 63: zones of 1 GiB and more), and if reclaim allocates. And only when little is left: with 40 free pages more at the start it does not come to it in half a second. Not for the reason given: kswapd frees into its list ten times as fast as a whole CPU of kvfree_rcu() can take from it, and refills it one to four times in all. It is that pages in flight and on lists are not free: it is woken more often and works in small pieces. The userspace killer comes, in one of eight seeds before kswapd is slower at all, the OOM killer does not; part of the stall is the CPU that kswapd has to wait for, which the same load without a page takes too, but later.',
  inShort: "kswapd's pages per ms of CPU: 3.4 M/s ≤ 98\u00a0% of no load if nobody kills, 1 M/s more; the userspace killer kills at 3.4 M/s alone, the OOM killer never",
  shows: 'pagesReclaimedPerMsOfKswapd',
  story: heavy,
  variants: [{ name: '3.4 M objects/s', knobs: {} }, { name: '3.4 M objects/s, nobody kills', knobs: {}, story: patient }, { name: '1 M objects/s', knobs: {}, story: light }, { name: 'no load', knobs: {}, story: off }],
  controls: [
    { change: 'the objects are linked: no page is taken', seeds: 10, edit: (s) => withWorkload(s, 'kvload', { source: 'none' }) },
    { change: 'swap on a fast disk: reclaim does not allocate', seeds: 10, edit: (s) => ({ ...s, machine: { ...s.machine, swap: { kind: 'disk', pages: 8192 }, disk: { mbPerS: 2000, requestsPerS: 400_000 } } }) },
    { change: 'a small zone: its per-CPU lists are short', seeds: 10, edit: smallZone },
  ],
  figures: (run) => ({
    pagesReclaimedPerMsOfKswapd: Math.round(pagesPerMs(run) * 10) / 10, wakesOfKswapd: run.marks('mm_vmscan_kswapd_wake').length, emptyLists: emptyLists(run), pointerPages: run.marks('kvfree_page').filter((m) => m.b >= 0).length,
    mostStalledMs: run.marks('psi_growth').reduce((n, m) => Math.max(n, m.c), 0) / 1000, userKills: userKills(run), kills: run.outcome.kills.length,
  }),
  predicate: ([much, unended, little, none]) =>
    pagesPerMs(unended) <= SLOWED * pagesPerMs(none) && pagesPerMs(little) > SLOWED * pagesPerMs(none) && userKills(much) === 1 && much.outcome.kills.length === 0 && quiet(unended) && quiet(little) && quiet(none),
};
