import { isoTime } from '../../kernel/clock';
import type { Services } from '../../pipeline/services';
import type { QueueInspector } from '../../queue/queue-inspector';
import { operationQueues } from '../../queue/queues';
import type { OperationQueue } from '../../queue/queues';
import { toPauseView } from '../pauses/list-pauses';
import type { PauseView } from '../pauses/list-pauses';
import { orMissing } from '../sources/read-sources';
import type { Missing } from '../sources/read-sources';

export type LaneView = {
  /** As pauses name it: `lane:7`. */
  readonly scope: string;
  /** As the broker names it: `lane-07`. */
  readonly session: string;
  /** Of the messages that were looked at. */
  readonly queues: readonly {
    readonly queue: string;
    readonly messages: number;
    /** ISO 8601. */
    readonly oldestAt: string | null;
  }[];
  /** What stops this lane; null: nothing. */
  readonly pause: PauseView | null;
};

export type LanesView = {
  readonly lanes: readonly LaneView[];
  /** Messages that were looked at, the oldest of each queue; the broker has no counts of lanes. null: not known. */
  readonly looked: readonly { readonly queue: string; readonly messages: number | null }[];
  readonly missing: readonly Missing[];
};

/** The oldest messages of a queue tell which lanes wait; one page of peeking. */
const mostLooked = 200;

/** The lanes, what waits in them, and what pauses them. Never throws for a queue or table that does not answer. */
export async function listLanes(
  { control, clock, settings }: Pick<Services, 'control' | 'clock' | 'settings'>,
  inspector: QueueInspector,
): Promise<LanesView> {
  const missing: Missing[] = [];
  const [pauses, ...looked] = await Promise.all([
    orMissing(missing, 'pauses', () => control.pauses()),
    ...operationQueues.map((queue) =>
      orMissing(missing, queue, async () => inspector.peek(queue, mostLooked, { deadLetters: false })),
    ),
  ]);
  const now = clock.now();
  const messagesOf = (index: number) => looked[index] ?? [];
  const lanes = Array.from({ length: settings.lanes }, (_, number): LaneView => {
    const session = `lane-${String(number).padStart(2, '0')}`;
    const scope = `lane:${String(number)}`;
    const pause = pauses?.find((one) => one.scope === scope || one.scope === 'apply');
    return {
      scope,
      session,
      queues: operationQueues.map((queue: OperationQueue, index) => {
        const own = messagesOf(index).filter(
          ({ sessionId, state }) => sessionId === session && state === 'active',
        );
        const times = own.flatMap(({ enqueuedAt }) => (enqueuedAt === null ? [] : [enqueuedAt]));
        return {
          queue,
          messages: own.length,
          oldestAt: times.length === 0 ? null : isoTime(Math.min(...times)),
        };
      }),
      pause: pause === undefined ? null : toPauseView(pause, now),
    };
  });
  return {
    lanes,
    looked: operationQueues.map((queue, index) => ({ queue, messages: looked[index]?.length ?? null })),
    missing,
  };
}
