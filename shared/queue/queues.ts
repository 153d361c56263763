/**
 * The queues, and what the product does with the messages of each. Their settings (locks, deliveries, sessions) are
 * in local/service-bus.config.json, for the local broker, for Azure and for `licenser doctor`; a test holds the two
 * together. One more queue is an entry there, an entry here and its function in functions/.
 */
const queues = {
  directoryChanges: { name: 'directory-changes', carries: 'hints' },
  licenseChanges: { name: 'license-changes', carries: 'operations', writes: 'express' },
  licenseChangesBulk: { name: 'license-changes-bulk', carries: 'operations', writes: 'bulk' },
} as const satisfies Readonly<Record<string, Queue>>;

export type Queue =
  /** Any order; no sessions. */
  | { readonly name: string; readonly carries: 'hints' }
  /** Sessions: one message at a time per lane. `writes`: which share of the write quota its users draw on. */
  | { readonly name: string; readonly carries: 'operations'; readonly writes: 'express' | 'bulk' };

type Queues = typeof queues;
export type QueueName = Queues[keyof Queues]['name'];
export type HintQueue = Extract<Queues[keyof Queues], { carries: 'hints' }>['name'];
export type OperationQueue = Extract<Queues[keyof Queues], { carries: 'operations' }>['name'];

/** The names, by what the code calls the queues. */
export const queueNames = Object.fromEntries(
  Object.entries(queues).map(([key, { name }]) => [key, name]),
) as { readonly [Key in keyof Queues]: Queues[Key]['name'] };

/** What the product does with the messages of this queue. */
export function queueOf(name: QueueName): Queue {
  // A QueueName is the name of one of them.
  return Object.values(queues).find((queue) => queue.name === name) as Queue;
}

/** Which share of the write quota the operations of this queue draw on; of hints `express`: they write nothing. */
export function writeKindOf(name: QueueName): 'express' | 'bulk' {
  const queue = queueOf(name);
  return queue.carries === 'operations' ? queue.writes : 'express';
}

/** The queues of license changes, express first. */
export const operationQueues: readonly OperationQueue[] = [
  queueNames.licenseChanges,
  queueNames.licenseChangesBulk,
];
