import { useResource } from '../../data/resource';
import { useMarks } from '../../frame/marks';
import { Loaded } from '../../parts/states';
import { FailuresCard } from './failures-card';
import { FlowCard } from './flow-card';
import { LongestCard } from './longest-card';
import { QueueCard } from './queue-card';
import { SeatsCard } from './seats-card';
import { SourcesCard, UsersCard } from './tenant-card';
import { TimeCard } from './time-card';
import { VerdictPanel } from './verdict-panel';

/** Are users being licensed? If not: why, and what to press. */
export function OverviewView() {
  const resource = useResource('overview.overview', {});
  useMarks(resource);
  return (
    <Loaded resource={resource} lines={8} heading="Overview">
      {(overview) => (
        <>
          <VerdictPanel status={overview.status} source={resource} />
          <div class="grid">
            <TimeCard overview={overview} />
            <QueueCard overview={overview} />
            <LongestCard overview={overview} />
            <FlowCard overview={overview} />
            <FailuresCard overview={overview} />
            <SeatsCard overview={overview} />
            <SourcesCard overview={overview} />
            <UsersCard overview={overview} />
          </div>
        </>
      )}
    </Loaded>
  );
}
