import { isoTime } from '../../shared/kernel/clock';
import { toUserId } from '../../shared/kernel/ids';
import { laneOf } from '../../shared/queue/lanes';
import { messageVersion } from '../../shared/queue/messages';
import { queueNames } from '../../shared/queue/queues';
import type { VirtualTime } from '../../rehearsal/world/virtual-time';
import { skuNames, skus, userIdOf } from '../script/tenant-model';
import type { SkuName } from '../script/tenant-model';
import { lanes } from './app-process';
import type { SimulatedBroker } from './broker';
import type { SimulatedApp } from './simulated-app';
import type { Weather } from './weather';

type Versions = { readonly broker: SimulatedBroker; readonly app: () => SimulatedApp };

const skuIdOf = (number: number) => skus[skuNames[number % skuNames.length] as SkuName].id;

/** Plans what a deployment brings: a rollback for a while, and messages of an older version. */
export function versionFaults(weather: Weather, time: VirtualTime, { broker, app }: Versions): void {
  weather.onEach('rollback', ({ forMs, nth }) => {
    const isSudden = nth % 3 === 0;
    app().deploy({ isOlder: true, isSudden });
    time.after(forMs, () => app().deploy({ isOlder: false, isSudden }));
  });
  // As commit 080cba5 wrote them. The operation was right once, and nothing in it is to be believed now.
  weather.onEach('olderMessage', ({ nth, user = 1, lagMs }) => {
    const id = userIdOf(user);
    if (nth % 2 === 0) {
      const hint = { kind: 'look', user: { id }, source: 'delta', seenAt: isoTime(time.now - lagMs) };
      broker.send(queueNames.directoryChanges, { v: messageVersion, hint, trace: {} });
      return;
    }
    const operation = {
      user: { id },
      kind: 'swap',
      add: [{ skuId: skuIdOf(nth), disabledPlans: [] }],
      remove: [skuIdOf(nth + 1)],
      why: ['So it was when this was decided.'],
      policyHash: '0'.repeat(64),
    };
    const sessionId = laneOf(toUserId(id), lanes);
    broker.send(queueNames.licenseChanges, { v: messageVersion, operation, trace: {} }, { sessionId });
  });
}
