import type { Command } from '../command.ts';
import { experiments } from './experiments.ts';
import { explore } from './explore.ts';
import { exportCommand } from './export.ts';
import { link } from './link.ts';
import { list } from './list.ts';
import { replay } from './replay.ts';
import { run } from './run.ts';
import { zoneinfo } from './zoneinfo.ts';

/** In the order of the help. */
export const commands: readonly Command[] = [list, run, experiments, explore, zoneinfo, replay, exportCommand, link];
