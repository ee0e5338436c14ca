/** Page frames as the judge sees them: one state a frame, changed by the rows' own meaning and by nothing else. */
import type { MachineShape } from '../format/machine.ts';
import { blockCpu, blockFrom, blockOrder, blockType, blockZone, FRAME, FRAME_NAMES, FRAME_TYPE_MASK, MAX_ORDER, NO_CPU, ROW } from '../format/rows.ts';
import { type MachineState, ZONE_CELLS } from '../format/state.ts';
import { Blocks } from './judge_blocks.ts';
import type { Findings } from './judge_findings.ts';

/** Taken from the buddy by its caller, and nobody has said yet for what. */
const TAKEN = 16;
const STATES = 17;
const ANY_CPU = 255; // on a per-CPU list since before the run: whose is not said
const stateName = (s: number): string => (s === TAKEN ? 'taken' : (FRAME_NAMES[s] ?? `state ${s}`));
/** What a frame must have been before a row. */
const FREE = 0, USED = 1, HANDED = 2, LIST = 3;
const EXPECTED = ['a free one', 'one in use', 'one just taken from the buddy', 'one on the list'] as const;
const inUse = (s: number): boolean => s >= FRAME.anon && s <= FRAME.swapcache;

export class Pages {
  readonly shape: MachineShape;
  readonly say: Findings;
  readonly blocks: Blocks;
  readonly state: Uint8Array; // by pfn
  readonly listCpu: Uint8Array; // by pfn on a per-CPU list: whose
  readonly sums: Int32Array; // zone * STATES + state, by addition and subtraction alone
  readonly pcp: Int32Array; // zone * cpus + cpu
  constructor(shape: MachineShape, initial: MachineState, say: Findings) {
    this.shape = shape; this.say = say;
    this.state = new Uint8Array(shape.frames);
    this.listCpu = new Uint8Array(shape.frames).fill(ANY_CPU);
    this.sums = new Int32Array(shape.zones.length * STATES);
    this.pcp = initial.pcp.slice();
    for (let p = 0; p < shape.frames; p++) this.state[p] = initial.frames[p] & FRAME_TYPE_MASK;
    shape.zones.forEach((z, i) => { for (let p = z.startPfn; p < z.startPfn + z.spanned; p++) this.sums[i * STATES + this.state[p]]++; });
    this.blocks = new Blocks(shape, initial, say);
    shape.zones.forEach((_, i) => { this.checkStart(i, initial); });
    this.checkAll();
  }

  /** What the first state says of its own frames. */
  private checkStart(zone: number, initial: MachineState): void {
    const z = this.shape.zones[zone], cells = zone * ZONE_CELLS.size, counts = this.sums.subarray(zone * STATES, (zone + 1) * STATES), free = initial.zones[cells + ZONE_CELLS.free];
    if (free !== this.blocks.freePages(zone)) this.say.tell('free-counts', `zone ${z.name} starts with ${free} free pages, its blocks hold ${this.blocks.freePages(zone)}`);
    for (let s = 0; s < FRAME_NAMES.length; s++) {
      const told = initial.zones[cells + ZONE_CELLS.types + s];
      if (told !== counts[s]) this.say.tell('pages-conserved', `zone ${z.name} starts with ${told} frames '${stateName(s)}', ${counts[s]} are there`);
    }
    if (counts[FRAME.hole] !== z.spanned - z.present) this.say.tell('pages-conserved', `zone ${z.name} has ${counts[FRAME.hole]} holes, ${z.spanned} frames and ${z.present} present`);
    if (counts[FRAME.reserved] !== z.present - z.managed) this.say.tell('pages-conserved', `zone ${z.name} has ${counts[FRAME.reserved]} reserved frames, ${z.present} present and ${z.managed} managed`);
  }
  /** `from`: what each frame must have been; `cpu`: on whose list, where it is LIST. */
  private change(zone: number, pfn: number, order: number, from: number, cpu: number, to: number): void {
    const base = zone * STATES, { state } = this;
    let bad = -1, was = 0;
    for (let p = pfn; p < pfn + (1 << order); p++) {
      const s = state[p];
      if (bad < 0 && !this.allowed(from, s, p, cpu)) { bad = p; was = s; }
      state[p] = to;
      if (--this.sums[base + s] < 0) { this.say.tell('no-negative', `${this.sums[base + s]} frames '${stateName(s)}' in zone ${this.shape.zones[zone].name}`); this.sums[base + s] = 0; }
      this.sums[base + to]++;
    }
    if (bad >= 0) this.say.tell('page-states', `pfn ${bad}, of order ${order} at ${pfn}, becomes '${stateName(to)}': expected ${EXPECTED[from]}${from === LIST ? ` of cpu${cpu}` : ''}, found '${stateName(was)}'`);
  }
  private allowed(from: number, s: number, pfn: number, cpu: number): boolean {
    if (from === LIST) return s === FRAME.pcp && (this.listCpu[pfn] === cpu || this.listCpu[pfn] === ANY_CPU);
    return from === USED ? inUse(s) : s === (from === FREE ? FRAME.buddy : TAKEN);
  }
  private onList(zone: number, cpu: number, by: number): void {
    const at = zone * this.shape.cpus + cpu;
    this.pcp[at] += by;
    if (this.pcp[at] >= 0) return;
    this.say.tell('no-negative', `${this.pcp[at]} pages on the list of cpu${cpu}, zone ${this.shape.zones[zone].name}`);
    this.pcp[at] = 0;
  }
  /** The block of a row lies in its zone, aligned, and its CPU exists. */
  private placed(pfn: number, b: number): boolean {
    const zone = blockZone(b), order = blockOrder(b), cpu = blockCpu(b), z = this.shape.zones[zone];
    if (z === undefined || order > MAX_ORDER || pfn % (1 << order) !== 0 || pfn < z.startPfn || pfn + (1 << order) > z.startPfn + z.spanned) {
      this.say.tell('blocks-in-zone', `a block of order ${order} at pfn ${pfn} is not one of zone ${z?.name ?? zone}`);
      return false;
    }
    if (cpu === NO_CPU || cpu < this.shape.cpus) return true;
    this.say.tell('names-known', `a page list of cpu${cpu}, of ${this.shape.cpus}`);
    return false;
  }

  row(kind: number, a: number, b: number, c: number): void {
    if (kind === ROW.blockType) { this.blocks.typed(a, b, c); return; }
    if (!this.placed(a, b)) return;
    const order = blockOrder(b), zone = blockZone(b), cpu = blockCpu(b), from = blockFrom(b), type = blockType(b);
    switch (kind) {
      case ROW.buddyTake: this.take(zone, a, order, cpu); this.blocks.take(zone, a, order, from, type); break;
      case ROW.buddyFree: this.free(zone, a, order, cpu); this.blocks.free(zone, a, order, from, type, c); break;
      case ROW.moveFree: this.blocks.move(zone, a, order, from, type); break;
      case ROW.pcpFree:
        this.change(zone, a, order, USED, cpu, FRAME.pcp);
        this.listCpu.fill(cpu, a, a + (1 << order));
        this.onList(zone, cpu, 1 << order);
        break;
      case ROW.pageUse: this.use(zone, a, order, cpu, c & FRAME_TYPE_MASK); break;
      default: this.use(zone, a, 0, -1, c & FRAME_TYPE_MASK); // pageState
    }
  }
  private take(zone: number, pfn: number, order: number, cpu: number): void {
    this.change(zone, pfn, order, FREE, cpu, cpu === NO_CPU ? TAKEN : FRAME.pcp);
    if (cpu === NO_CPU) return;
    this.listCpu.fill(cpu, pfn, pfn + (1 << order));
    this.onList(zone, cpu, 1 << order);
  }
  private free(zone: number, pfn: number, order: number, cpu: number): void {
    this.change(zone, pfn, order, cpu === NO_CPU ? USED : LIST, cpu, FRAME.buddy);
    if (cpu !== NO_CPU) this.onList(zone, cpu, -(1 << order));
  }
  /** `cpu`: the list it leaves, NO_CPU = it was taken directly, -1 = it is in use already and becomes something else. */
  private use(zone: number, pfn: number, order: number, cpu: number, type: number): void {
    if (!inUse(type)) this.say.tell('page-states', `pfn ${pfn} is to be used as '${stateName(type)}'`);
    this.change(zone, pfn, order, cpu < 0 ? USED : cpu === NO_CPU ? HANDED : LIST, cpu, type);
    if (cpu >= 0 && cpu !== NO_CPU) this.onList(zone, cpu, -(1 << order));
  }

  /** Counts everything anew, and holds it against what was added up. */
  checkAll(): void {
    const { cpus } = this.shape;
    this.shape.zones.forEach((z, i) => {
      const found = new Int32Array(STATES), lists = new Int32Array(cpus);
      let unknown = 0, sum = 0;
      for (let p = z.startPfn; p < z.startPfn + z.spanned; p++) {
        const s = this.state[p];
        found[s]++;
        if (s !== FRAME.pcp) continue;
        if (this.listCpu[p] < cpus) lists[this.listCpu[p]]++; else unknown++;
      }
      for (let s = 0; s < STATES; s++) {
        sum += this.sums[i * STATES + s];
        if (found[s] !== this.sums[i * STATES + s]) this.say.tell('pages-conserved', `zone ${z.name} counts ${this.sums[i * STATES + s]} frames '${stateName(s)}', ${found[s]} are there`);
      }
      if (sum !== z.spanned) this.say.tell('pages-conserved', `zone ${z.name} has ${z.spanned} frames, its states count ${sum}`);
      if (found[FRAME.buddy] !== this.blocks.freePages(i)) this.say.tell('free-counts', `zone ${z.name} has ${found[FRAME.buddy]} free frames, its blocks count ${this.blocks.freePages(i)}`);
      this.checkLists(i, lists, unknown);
    });
    this.blocks.checkAll((p) => this.state[p] === FRAME.buddy);
  }
  private checkLists(zone: number, lists: Int32Array, unknown: number): void {
    const { name } = this.shape.zones[zone];
    let left = 0;
    for (let cpu = 0; cpu < this.shape.cpus; cpu++) {
      const counted = this.pcp[zone * this.shape.cpus + cpu];
      left += counted - lists[cpu];
      if (lists[cpu] > counted) this.say.tell('pcp-counts', `zone ${name} counts ${counted} pages on the list of cpu${cpu}, ${lists[cpu]} are there`);
    }
    if (left !== unknown) this.say.tell('pcp-counts', `zone ${name}: ${left} pages are counted on per-CPU lists since the start, ${unknown} are there`);
  }
}
