import { collect } from '../../kernel/concurrently';
import { overrideMembers } from '../../kernel/override-members';
import { nestedGroupsRow } from '../../pipeline/intake/groups/group-tree';
import type { Services } from '../../pipeline/services';
import type { QueueInspector } from '../../queue/queue-inspector';
import type { QueueName } from '../../queue/queues';
import type { FailureState } from '../../words/failure';

/** The same services, by which what several parts of one answer ask for is read once, at its first use. */
export function readOnce<Own extends Pick<Services, 'control' | 'cursors' | 'failures' | 'rollouts'>>(
  services: Own,
  inspector: QueueInspector,
): { readonly services: Own; readonly inspector: QueueInspector } {
  const { control, cursors, failures, rollouts } = services;
  // No answer tells of nested groups, whose row is as large as all the others many times over.
  const all = once(() => cursors.readAll([nestedGroupsRow]));
  const places = onceEach((state: FailureState) => collect(failures.places(state)));
  return {
    services: {
      ...services,
      control: overrideMembers(control, { pauses: once(() => control.pauses()) }),
      cursors: overrideMembers(cursors, { read: async (name) => (await all()).read(name) }),
      rollouts: overrideMembers(rollouts, { list: once(() => rollouts.list()) }),
      failures: overrideMembers(failures, {
        places: async function* (state: FailureState, only?: string) {
          yield* only === undefined ? await places(state) : failures.places(state, only);
        },
      }),
    },
    inspector: overrideMembers(inspector, {
      counts: onceEach((queue: QueueName) => inspector.counts(queue)),
      oldestActiveAt: onceEach((queue: QueueName) => inspector.oldestActiveAt(queue)),
    }),
  };
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let reading: Promise<Value> | undefined;
  return () => (reading ??= read());
}

function onceEach<Key, Value>(read: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const readings = new Map<Key, Promise<Value>>();
  return (key) => {
    const reading = readings.get(key) ?? read(key);
    readings.set(key, reading);
    return reading;
  };
}
