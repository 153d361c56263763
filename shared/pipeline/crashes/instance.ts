import { hostname } from 'node:os';
import { isProcessRunning } from '../../kernel/process-running';

/** A process of the app: its machine, its number there, and an id, because numbers are given out again. */
export type Instance = { readonly machine: string; readonly pid: number; readonly id: string };

/**
 * This process. In Azure each instance is a machine of its own, on which the host starts a new process after a death.
 * @param id unique to this process
 */
export function thisInstance(id: string): string {
  return [hostname(), String(process.pid), id].join(' ');
}

/**
 * Whether a process of the same machine is known to be dead or alive; undefined: it is of another machine.
 * @param isRunning asks the operating system
 */
export function isDeadHere(
  instance: string,
  own: string,
  isRunning: (pid: number) => boolean = isProcessRunning,
): boolean | undefined {
  const [machine, pid = ''] = instance.split(' ');
  const [ownMachine, ownPid] = own.split(' ');
  if (instance === own) return false;
  if (machine !== ownMachine) return undefined;
  // The same number in a new container, or a new process under the old number: the earlier one is gone.
  if (pid === ownPid) return true;
  // The number may by now be another program's: then only the heartbeat tells.
  return isRunning(Number(pid)) ? undefined : true;
}
