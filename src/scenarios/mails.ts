/** The mails that stories belong to: author, date, subject. */
export const RIENTJES_2018 = 'David Rientjes, 20 June 2018, "Re: [PATCH] mm,oom: Bring OOM notifier callbacks to outside of OOM killer."';
export const HOCKO_2017 = 'Michal Hocko, 31 Aug 2017, "Re: [RFC PATCH] mm, oom_reaper: skip mm structs with mmu notifiers"';
export const GORMAN_2020 = 'Mel Gorman, 23 Sep 2020, "Re: [RFC-PATCH 2/4] mm: Add __rcu_alloc_page_lockless() func."';
export const ARCANGELI_2004 = 'Andrea Arcangeli, 6 Nov 2004, "Re: [PATCH] Remove OOM killer from try_to_free_pages / all_unreclaimable braindamage"';
export const HOCKO_2018 = 'Michal Hocko, 29 June 2018, "Re: [PATCH] mm,oom: Bring OOM notifier callbacks to outside of OOM killer."';
