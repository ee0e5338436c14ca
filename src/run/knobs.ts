/** Knobs and sysctls that exist, with their values and defaults by profile. One line each. */
import type { KnobInfo } from '../format/protocol.ts';
import { PROFILES, type ProfileName } from '../format/scenario.ts';

const knob = (name: string, values: readonly string[], doc: string, profiles: readonly ProfileName[] = PROFILES): KnobInfo => ({ name, values, default: values[0], profiles, doc });

export const knobs: readonly KnobInfo[] = [
  knob('oom.notifierPlace', ['inside', 'outside-mutex', 'outside-rwsem', 'none'], 'who calls the OOM notifiers: out_of_memory() under oom_lock, or the allocation before it asks for oom_lock, one caller at a time or all at once'),
  knob('oom.waiters', ['trylock', 'block'], 'an allocation that finds oom_lock taken: sleeps a jiffy, calls that progress and reclaims again, or waits for the lock'),
  knob('pcp.drainOnReclaim', ['on', 'off'], 'after direct reclaim with progress that still found no page: empty every per-CPU list and look again'),
  knob('lru.gen', ['off'], 'multi-generational LRU; only the classic LRU is modelled so far'),
  knob('reclaim.writepage', ['all', 'anon'], 'dirty pages that kswapd may write one by one: those of files too, or only anonymous ones, as on a file system without ->writepage'),
  knob('io.device', ['ssd', 'hdd', 'nvme', 'usb', 'hung'], 'the block device behind files and swap'),
];
/** Defaults of one profile. */
export function knobDefaults(profile: ProfileName): Record<string, string | number> {
  return Object.fromEntries(knobs.filter((i) => i.profiles.includes(profile)).map((i) => [i.name, i.default]));
}
