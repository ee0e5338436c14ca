import type { Scenario } from '../format/scenario.ts';
import { small256 } from './machines.ts';
import { ARCANGELI_2004 } from './mails.ts';

/** Pages that a section may need, and really takes; threads. */
export const NEED = 64, USED = 2, THREADS = 10, MANY = 100;
export const MIXED: readonly number[] = [8, 32, 64];

export const reservedPagesWaste: Scenario = {
  id: 'reserved-pages-waste',
  title: 'Pages reserved by each of ten writers',
  mail: ARCANGELI_2004,
  text: [
    'A file system must allocate while it writes, and in the worst case 64 pages; mostly two will do. Ten threads write at once. If each reserves the worst case for its section, 640 pages are out of everybody\'s hands while there is no shortage at all; and each section is preceded by 64 allocations.',
    'One pool for all file systems has 64 pages, whoever writes: only one section at a time may draw from it, and that one needs no more than its own worst case. It has them also while nobody writes.',
  ],
  profile: 'v4.13', seed: 1, machine: small256, sysctl: {}, knobs: { 'reserve.kind': 'per-thread' }, untilNs: 800e6, lingerNs: 20e6,
  workloads: [{ type: 'fssection', n: THREADS, needs: String(NEED), used: USED, start: 100, hold: 200, until: 600 }],
  ends: 'no-oom',
};
export const reservedPagesWasteMany: Scenario = {
  ...reservedPagesWaste, id: 'reserved-pages-waste-100', title: 'Pages reserved by each of a hundred writers',
  text: ['The same with a hundred threads: 6400 pages, 25 MiB of a machine of 256, for writes that take 200 of them.'],
  workloads: reservedPagesWaste.workloads.map((w) => ({ ...w, n: MANY })),
};
export const reservedPagesWasteMixed: Scenario = {
  ...reservedPagesWaste, id: 'reserved-pages-waste-mixed', title: 'Three file systems and a hundred writers',
  text: ['A hundred threads write to three file systems whose worst cases are 8, 32 and 64 pages. One pool for all three has 64 pages: the largest of them, not their sum.'],
  workloads: reservedPagesWasteMany.workloads.map((w) => ({ ...w, needs: MIXED.join('|') })),
};
