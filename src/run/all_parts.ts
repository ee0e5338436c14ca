/** Everything that a scenario may ask for. Whoever boots machines imports this, but for the worker, which fetches it when it is needed. */
import { blkInitSingleQueue } from '../kernel/block/single_queue.ts';
import { congestionInit } from '../kernel/mm/congestion.ts';
import { eras } from '../kernel/profiles.ts';
import { rcuInitNohz } from '../kernel/rcu/init.ts';
import { rcuRegisterOomHook } from '../kernel/rcu/oom.ts';
import { workloads } from '../workloads/index.ts';
import { provide } from './parts.ts';

provide({ eras, workloads, atBoot: [rcuInitNohz, rcuRegisterOomHook, blkInitSingleQueue, congestionInit] });
