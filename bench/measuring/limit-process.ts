import { ProcessorBudget } from './processor-budget';
import { preciselyUsedMs } from './processor-time';

/**
 * Holds one process to a share of one core: `limit-process.js PID SHARE`. It looks each 5 ms what the process has used
 * and stops it (SIGSTOP) until the share allows more, as a quota of 0.25 core a period of 100 ms does, without needing
 * the rights to a control group. When its stdin ends or the process is gone, it lets the process run and ends.
 */
const lookEveryMs = 5;
/** One period's quota of the kernel's default period of 100 ms. */
const periodMs = 100;

const pid = Number(process.argv[2]);
const share = Number(process.argv[3]);
const budget = new ProcessorBudget(share, share * periodMs, performance.now(), preciselyUsedMs(pid));
let isStopped = false;

function signal(name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended, and with it what there is to limit.
    process.exit(0);
  }
}

process.once('exit', () => {
  if (isStopped) process.kill(pid, 'SIGCONT');
});
process.stdin.once('end', () => process.exit(0));
process.stdin.resume();
setInterval(() => {
  const mayRun = budget.mayRun(performance.now(), preciselyUsedMs(pid));
  if (mayRun !== isStopped) return;
  isStopped = !mayRun;
  signal(mayRun ? 'SIGCONT' : 'SIGSTOP');
}, lookEveryMs);
