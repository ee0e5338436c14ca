/** Stations of an object in words. Pure. */
import type { ObjectPath, ObjectRef, Station } from '../../analysis/object_path.ts';
import { count, plural } from '../../ui/format.ts';

const CHANNELS = ['its pointer goes into a page for kmalloc', 'its pointer goes into a page for vmalloc', 'no page: it is linked into a list', 'the caller waits for a grace period itself'] as const;
const SOURCES = ['from the cache', 'from the allocator', 'from a per-CPU list, without a lock'] as const;

export const objectName = ({ kind, id }: ObjectRef): string => `${kind === 'callback' ? 'Callback' : 'Object'} ${count(id)}`;
export function stationWords({ kind, a, b, cpu }: Station): string {
  switch (kind) {
    case 'queued': return a === 1 ? 'Queued, lazy: it only frees memory' : 'Queued';
    case 'assigned': return 'Given a grace period that has not begun';
    case 'called': return `Given to kvfree_rcu(): ${CHANNELS[a] ?? `channel ${a}`}`;
    case 'page': return a < 0 ? 'No page for pointers to be had' : `A page for pointers ${SOURCES[b] ?? ''}, pfn ${a}`;
    case 'monitor': return `The monitor takes what has gathered: ${plural(b, 'object')}, batch ${count(a)}`;
    case 'begin': return `Grace period ${count(a)} begins`;
    case 'reported': return `The last to report: ${cpusWords(b)}`;
    case 'end': return `Grace period ${count(a)} is over`;
    case 'done': return `cpu ${a} hears of its end`;
    case 'batch': return `A batch of cpu ${a} begins: it has ${plural(b, 'callback')}`;
    case 'worker': return `The worker frees batch ${count(a)}: ${plural(b, 'object')}`;
    case 'bulk': return `The page with its pointer is gone through: ${plural(b, 'object')}, pfn ${a}`;
    case 'invoked': return a === 0 ? 'Invoked: it frees no page' : `Invoked: it frees ${plural(a, 'page')}`;
    case 'freed': return a === 0 ? 'Freed: other objects still stand in its page' : `Freed: ${plural(a, 'page')}`;
    case 'list': return `${plural(b, 'page')} on the list of cpu ${cpu}, pfn ${a}`;
    case 'buddy': return `${plural(b, 'page')} in the buddy lists, pfn ${a}`;
    case 'taken': return `pfn ${a} leaves the list and is used again`;
  }
}
const cpusWords = (mask: number): string => Array.from({ length: 32 }, (_, cpu) => cpu).filter((cpu) => ((mask >>> cpu) & 1) === 1).map((cpu) => `cpu ${cpu}`).join(', ');
/** How far it has come in this run. */
export const standing = ({ stations, over }: ObjectPath, rows: number, running: boolean): string => `${plural(stations.length, 'station')}, ${over ? 'to the end of its way' : running ? 'so far' : `and no further by event ${count(rows)}, the last`}`;
