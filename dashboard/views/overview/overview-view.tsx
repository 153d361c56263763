import { useResource } from '../../data/resource';
import { Loaded } from '../../parts/states';
import { QueuePanel } from './queue-panel';
import { VerdictPanel } from './verdict-panel';

/** Are users being licensed? If not: why, and what to press. */
export function OverviewView() {
  const status = useResource('status.showStatus', {});
  const queues = useResource('queues.showQueues', {});
  return (
    <>
      <Loaded resource={status} lines={6}>
        {(found) => <VerdictPanel status={found} source={status} />}
      </Loaded>
      <div class="grid">
        <Loaded resource={queues}>{(found) => <QueuePanel queues={found} />}</Loaded>
      </div>
    </>
  );
}
