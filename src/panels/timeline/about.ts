/** What each lane shows, and what the words beside it mean: told to who points at its name, to who hears it, and in the list of lanes. By id. */
export const ABOUT: Readonly<Record<string, string>> = {
  zones: 'Free pages of each zone against its marks min, low and high; hatched where they are not above min, and who asks then must reclaim. To min is the distance, in pages. Where it says rsv. the lowmem reserve counts too: what the zone keeps from requests that a higher zone could serve. Boost is added to the marks for a while after blocks of another type had to be taken.',
  pcp: 'Pages that each CPU keeps for itself, so that most requests need no lock of the zone. A tick above: a refill from the zone. A bar below: the lists are empty. Below min, no wake: pages that were taken where no mark would have allowed it.',
  memory: 'What pages are used for. The whole height is what is present; what is free, or was reserved at boot, is not drawn.',
  reclaim: 'A frame while kswapd is awake, a block while it has a CPU, a tick where it is woken. Below it how many tasks reclaim for themselves; rounds of theirs that have ended, and the pages these gave.',
  pace: 'Pages that are reclaimed in a millisecond of CPU time: by kswapd, and by those who need pages themselves.',
  tasks: 'How many tasks run, are queued for a CPU, or are blocked (D). Then a row for each of the most telling: who takes the memory, victims, who called the OOM killer, who held what others wanted. A block runs, a frame is queued, hatched is blocked, a line is asleep; the colour is the path. R, D and S are states as ps has them.',
  locks: 'Locks that somebody found taken: who holds each, below it who waits, and a tick for each trylock that missed it.',
  rcu: 'Callbacks that wait for RCU on each CPU, how many of them may be lazy, how old the oldest is; and grace periods.',
  pools: 'What is free of reserves and mempools, and what of kvfree_rcu() waits on each CPU.',
  marks: 'Kills, entries into the OOM path, the first direct reclaim, wakes and sleeps of kswapd, memory that came back, and notes. So far: up to the cursor, of all in the run.',
};
