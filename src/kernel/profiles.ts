/** The versions that can be chosen. A new one is one file (mm/era_*.ts) and one line here. */
import type { Era } from './mm/era.ts';
import { eraV413 } from './mm/era_v4_13.ts';
import { eraV417 } from './mm/era_v4_17.ts';
import { eraV59 } from './mm/era_v5_9.ts';
import { eraV61 } from './mm/era_v6_1.ts';
import { eraV612 } from './mm/era_v6_12.ts';

export const eras: readonly Era[] = [eraV413, eraV417, eraV59, eraV61, eraV612];
