/** The kernel's log, with an OOM report or without: recognised, so that whoever pastes one is told what it is. Reading it is still to come. */

/** `[  123.456789] ` as dmesg writes it; before it a priority, or what a logger puts there up to `kernel:`. */
const LOG_LINE = /^(?:<\d{1,3}>)?(?:.{0,100}?\bkernel: ?)?(?:<\d{1,3}>)?\[ *\d{1,9}\.\d{1,9}\]/;
/** What such reports say, also where the times were cut off. */
const OOM_LINE = /\binvoked oom-killer: |\bOut of memory: Kill|\bMemory cgroup out of memory: Kill/;
/** A mail may have a few words before it. */
const LINES_READ = 50, LINE_READ = 300;

/** The number of the first line that is one of the kernel's log; 0 = none among the first. */
export function logLine(text: string): number {
  let from = 0;
  for (let line = 1; line <= LINES_READ && from < text.length; line++) {
    const end = text.indexOf('\n', from), words = text.slice(from, Math.min(end < 0 ? text.length : end, from + LINE_READ)).trimStart();
    if (LOG_LINE.test(words) || OOM_LINE.test(words)) return line;
    if (end < 0) break;
    from = end + 1;
  }
  return 0;
}
