/** The inspector with the tables that the timeline's panel makes. */
import { lazy, type ReactElement, type ReactNode, Suspense } from 'react';
import { Inspector } from '../panels/inspector/inspector.tsx';
import { useStore } from '../store/store.ts';
import { LockHoldersTable, PcpTable, PcpTakes, PoolsTable, RcuTable, TasksTable, ZonesTable } from '../panels/timeline/tables.tsx';

// only a comparison needs them
const Both = lazy(() => import('../panels/compare/both.tsx').then((m) => ({ default: m.Both })));
const SideSwitch = lazy(() => import('../panels/compare/both.tsx').then((m) => ({ default: m.SideSwitch })));

export function Inspect({ frames }: { readonly frames: ReactNode }): ReactElement {
  const comparing = useStore((s) => s.compare !== null), late = (part: ReactElement): ReactNode => (comparing ? <Suspense fallback={null}>{part}</Suspense> : null);
  return <Inspector zones={<ZonesTable />} pcp={<><PcpTable /><PcpTakes /></>} rcu={<RcuTable />} pools={<PoolsTable />} holders={<LockHoldersTable />} tasks={<TasksTable />} frames={frames} choice={late(<SideSwitch />)} both={late(<Both />)} />;
}
