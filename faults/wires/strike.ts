import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessName } from '../../local/cloud';
import type { WireCloud } from './wire-cloud';
import type { WireFault } from './wire-day';

const processOf: Readonly<Partial<Record<WireFault['kind'], ProcessName>>> = {
  kill: 'functions',
  brokerRestart: 'serviceBus',
  tablesRestart: 'tables',
};

/** What Graph is told to do, and what ends it. */
const settingOf = ({ kind, lagMs }: WireFault): Readonly<Record<string, number>> | undefined => {
  const settings: Readonly<Partial<Record<WireFault['kind'], Readonly<Record<string, number>>>>> = {
    graph429: { error429Rate: 0.2 },
    graph500: { error500Rate: 0.2 },
    graph503: { error503Rate: 0.2 },
    graphResetAfterCommit: { resetAfterCommitRate: 0.3 },
    staleReads: { staleReadMs: lagMs },
    groupLag: { membershipLagMs: lagMs },
    newUserLag: { notFoundLagMs: lagMs },
    locationLag: { usageLocationLagMs: lagMs },
    lostNotification: { lostNotificationRate: 0.7 },
    doubledNotification: { duplicateNotificationRate: 0.7 },
  };
  return settings[kind];
};

/** Lets a fault strike. What lasts ends by itself; a process that was killed is back when this resolves. */
export async function strike(wires: WireCloud, fault: WireFault): Promise<void> {
  const name = processOf[fault.kind];
  if (name !== undefined) {
    const process = wires.cloud.processes[name];
    await process.kill('SIGKILL');
    await sleep(fault.forMs / 4);
    await process.restart();
    return;
  }
  const setting = settingOf(fault);
  if (setting === undefined) {
    await wires.tell('POST', fault.kind === 'lostUserPosition' ? '/delta/reset' : '/tokens/revoke', {});
    return;
  }
  await wires.tell('POST', '/faults', setting);
  const ended = Object.fromEntries(Object.keys(setting).map((key) => [key, 0]));
  setTimeout(() => void wires.tell('POST', '/faults', ended).catch(() => undefined), fault.forMs).unref();
}
