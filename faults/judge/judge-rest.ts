import type { TableStores } from '../../shared/store/tables/table-stores';
import type { SimulatedBroker } from '../world/broker';
import type { Done } from '../world/people';
import type { Problem } from './problem';

/** Every message was handled in the end, or is scheduled for a time that is still to come. */
export function judgeMessages(broker: SimulatedBroker, now: number): readonly Problem[] {
  const left = [...broker.messages.values()].filter(
    ({ state, dueAt }) =>
      state === 'active' || state === 'dead' || (state === 'scheduled' && dueAt < now - 60_000),
  );
  return left.map(({ id, queue, state, text, deliveries }) => ({
    kind: 'message',
    text: `${id} of ${queue} is ${state} after ${String(deliveries)} deliveries: ${text.slice(0, 200)}`,
  }));
}

/** The audit names every action of a person, with what became of it. */
export async function judgeAudit(stores: TableStores, actions: readonly Done[]): Promise<readonly Problem[]> {
  const found = new Map<string, { readonly by: string; readonly result: string | undefined }>();
  for await (const { requestId, by, result } of stores.audit.list()) {
    if (requestId !== undefined) found.set(requestId, { by, result });
  }
  return actions.flatMap(({ requestId, by, action, result }): Problem[] => {
    const entry = found.get(requestId);
    if (entry === undefined) return [{ kind: 'audit', text: `${action} by ${by} is not in the audit` }];
    if (entry.by !== by) return [{ kind: 'audit', text: `${action} by ${by} is said to be by ${entry.by}` }];
    const isTold = result !== 'done' || entry.result === 'done';
    return isTold
      ? []
      : [{ kind: 'audit', text: `${action} by ${by} was done, and the audit says ${String(entry.result)}` }];
  });
}
