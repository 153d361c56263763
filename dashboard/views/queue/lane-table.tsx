import { ActButton } from '../../act/act-button';
import type { Answer } from '../../api/routes';
import { useResource } from '../../data/resource';
import { DataTable } from '../../parts/data-table';
import { number } from '../../parts/format';
import { Prose } from '../../parts/prose';
import { Empty, Loaded } from '../../parts/states';
import { Age } from '../../parts/time';
import { askToPause, askToResume } from './pause-asks';
import { PauseReason } from './pause-reason';

type Lane = Answer<'overview.showLanes'>['lanes'][number];

const messagesOf = ({ queues }: Lane) => queues.reduce((all, { messages }) => all + messages, 0);
const oldestOf = ({ queues }: Lane) =>
  queues
    .flatMap(({ oldestAt }) => (oldestAt === null ? [] : [oldestAt]))
    .sort()
    .at(0);

/** Lanes in which messages wait, or that are paused: users of a lane are written one after another. */
export function LaneTable() {
  const resource = useResource('overview.showLanes', {});
  return (
    <section class="card" aria-labelledby="lanes">
      <h2 id="lanes">Lanes</h2>
      <p class="quiet">
        Each user is always in the same lane. Counted are the oldest 200 messages of each queue.
      </p>
      <Loaded resource={resource}>
        {({ lanes, missing }) => {
          const shown = lanes.filter((lane) => messagesOf(lane) > 0 || lane.pause !== null);
          return (
            <>
              {missing.map(({ part, why }) => (
                <p class="stale-note" key={part}>
                  Not known now, {part}: <Prose text={why} />
                </p>
              ))}
              {shown.length === 0 ? (
                <Empty>No lane has work, and none is paused.</Empty>
              ) : (
                <Lanes lanes={shown} />
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function Lanes({ lanes }: { readonly lanes: readonly Lane[] }) {
  return (
    <DataTable
      name="Lanes"
      rows={lanes}
      keyOf={({ scope }) => scope}
      file="lanes"
      columns={[
        { title: 'Lane', cell: ({ scope }) => scope, csv: ({ scope }) => scope },
        {
          title: 'Messages',
          isNumber: true,
          cell: (lane) => number(messagesOf(lane)),
          csv: (lane) => messagesOf(lane),
        },
        {
          title: 'Oldest',
          cell: (lane) => {
            const at = oldestOf(lane);
            return at === undefined ? '–' : <Age at={at} />;
          },
          csv: (lane) => oldestOf(lane),
        },
        {
          title: 'Pause',
          cell: ({ pause, scope }) =>
            pause === null ? (
              <ActButton label="Pause…" needs="Operator" onPress={() => askToPause(scope)} />
            ) : (
              <>
                <PauseReason pause={pause} /> ({pause.by}){' '}
                <ActButton label="Resume…" needs="Operator" onPress={() => askToResume(pause.scope)} />
              </>
            ),
          csv: ({ pause }) => pause?.reason,
        },
      ]}
    />
  );
}
