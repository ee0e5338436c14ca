/** The inspector with the tables that the timeline's panel makes. */
import type { ReactElement, ReactNode } from 'react';
import { Inspector } from '../panels/inspector/inspector.tsx';
import { LockHoldersTable, PcpTable, TasksTable, ZonesTable } from '../panels/timeline/tables.tsx';

export const Inspect = ({ frames }: { readonly frames: ReactNode }): ReactElement => (
  <Inspector zones={<ZonesTable />} pcp={<PcpTable />} holders={<LockHoldersTable />} tasks={<TasksTable />} frames={frames} />
);
