/** Profile v4.17, June 2018: what 4.18-rc1 does, which was read, and what 4.17 has beside it. */
import type { Era } from './era.ts';
import { era4 } from './era_v4.ts';

export const eraV417: Era = { ...era4, profile: 'v4.17', release: '4.17.0', version: '#1' };
