import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Agenda, Timer } from './agenda.ts';
import { must, ns } from './units.ts';

test('timers come out by time, and those of one time in the order of arming, whatever was armed, moved and cancelled before', () => {
  const step = fc.record({ timer: fc.nat(20), at: fc.nat(30), what: fc.constantFrom('arm', 'arm', 'cancel', 'pop') });
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const agenda = new Agenda(), timers = Array.from({ length: 21 }, (_, i) => new Timer(i, `t${i}`, () => {}));
    let model: { id: number; at: number; seq: number }[] = [], seq = 0; // the plain list that the heap must agree with
    const byTime = (a: { at: number; seq: number }, b: { at: number; seq: number }): number => a.at - b.at || a.seq - b.seq;
    for (const s of steps) {
      if (s.what === 'pop') {
        model.sort(byTime);
        expect(agenda.heap[0]?.id).toBe(model[0]?.id);
        if (agenda.heap.length > 0) agenda.cancel(agenda.heap[0]);
        model.shift();
        continue;
      }
      model = model.filter((m) => m.id !== s.timer);
      if (s.what === 'cancel') agenda.cancel(timers[s.timer]);
      else { agenda.arm(timers[s.timer], ns(s.at)); model.push({ id: s.timer, at: s.at, seq: ++seq }); }
      expect(agenda.heap.length).toBe(model.length);
      agenda.heap.forEach((t, i) => expect(t.slot).toBe(i));
    }
    const order: number[] = [];
    while (agenda.heap.length > 0) { const t = must(agenda.heap[0], 'not empty'); order.push(t.id); agenda.cancel(t); }
    expect(order).toEqual(model.sort(byTime).map((m) => m.id));
  }), { numRuns: 200 });
});
