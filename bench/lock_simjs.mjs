/** The lock workload of lock.c with simjs, the simulator on npm that is nearest to ours: processes, timers, a facility with a queue. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import vm from 'node:vm';

const PROCESSES = 16;

/** simjs is a script for a page, which leaves its names on `window`, and tests its arguments against this realm's classes. */
function load() {
  const global = /** @type {any} */ (globalThis);
  global.window = {};
  vm.runInThisContext(readFileSync(createRequire(import.meta.url).resolve('simjs/sim.js'), 'utf8'));
  const { Sim } = global.window;
  delete global.window;
  return Sim;
}

/** @param {number} until  how long to simulate; some 30 events for each unit  @returns {number} events per second */
export function simjsLocks(until) {
  const Sim = load();
  let state = 12345;
  let events = 0;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
  const sim = new Sim.Sim();
  const lock = new Sim.Facility('lock', Sim.Facility.FCFS, 1);
  class Process extends Sim.Entity {
    start() { this.think(); }
    think() { this.setTimer(uniform()).done(this.take); }
    take() { events += 1; this.useFacility(lock, 0.1 * uniform()).done(this.drop); }
    drop() { events += 1; this.think(); }
  }
  for (let i = 0; i < PROCESSES; i++) sim.addEntity(Process, `p${i}`);
  const from = performance.now();
  sim.simulate(until);
  return (events * 1000) / (performance.now() - from);
}
