/** Whether a process of this machine has the number: the one that had it once, or another program by now. */
export function isProcessRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs for another account.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
