import type { ServiceBusAdministrationClient } from '@azure/service-bus';
import { RestError, createDefaultHttpClient, createPipelineRequest } from '@azure/core-rest-pipeline';
import { lightPipeline } from '../kernel/light-pipeline';
import type { QueueCounts } from './queue-inspector';
import type { QueueName } from './queues';

/** Connections are kept. */
const http = createDefaultHttpClient();
/** https://learn.microsoft.com/rest/api/servicebus/get-queue */
const version = 'api-version=2021-05';
/** A namespace that has more queues than this is not the product's alone: each queue is asked for by itself. */
const mostListed = 20;

/** Counts of one queue. @throws as the administration client */
export type CountReader = (queue: QueueName) => Promise<QueueCounts>;

/**
 * The counts of queues, in the words of the administration client's errors. Those that are asked for at the same time come
 * with one list of the namespace's queues. The client turns whole descriptions of queues into objects, which costs several
 * times what the request does, and these counts are looked at every few seconds: so they are taken out of the text.
 * Whatever is no description with counts is left to the client, which knows what it means.
 * `namespace`: its host name, such as NAME.servicebus.windows.net.
 */
export function makeCountReader(
  administration: ServiceBusAdministrationClient,
  namespace: string,
): CountReader {
  let pipeline: ServiceBusAdministrationClient['pipeline'] | undefined;
  const read = async (path: string) => {
    // Not before the first use: locally a policy is added to the client after it was made.
    pipeline ??= lightPipeline(administration.pipeline);
    const request = createPipelineRequest({ url: `https://${namespace}/${path}` });
    const response = await pipeline.sendRequest(http, request);
    const { status: statusCode, bodyAsText } = response;
    // The client would ask, and wait, as often once more.
    if (statusCode >= 500)
      throw new RestError(`the broker answered ${String(statusCode)}`, { statusCode, request, response });
    return statusCode === 200 ? (bodyAsText ?? '') : '';
  };
  const readOne: CountReader = async (queue) => {
    const counts = toCounts(await read(`${queue}?${version}`));
    if (counts !== undefined) return counts;
    const found = await administration.getQueueRuntimeProperties(queue);
    return {
      active: found.activeMessageCount,
      scheduled: found.scheduledMessageCount,
      deadLettered: found.deadLetterMessageCount,
    };
  };
  /** False: the list is refused, is long, or lacks a queue. */
  let isListUseful = true;
  const readList = async (queues: ReadonlySet<QueueName>) => {
    const found = toList(await read(`$Resources/Queues?${version}&$skip=0&$top=${String(mostListed + 1)}`));
    isListUseful = found.size <= mostListed && [...queues].every((queue) => found.has(queue));
    return found;
  };
  let asked: Set<QueueName> | undefined;
  let listing: Promise<ReadonlyMap<string, QueueCounts>> | undefined;
  return async (queue) => {
    if (!isListUseful) return readOne(queue);
    const queues = (asked ??= new Set());
    queues.add(queue);
    listing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      asked = undefined;
      listing = undefined;
      return queues.size === 1 ? new Map<string, QueueCounts>() : readList(queues);
    });
    return (await listing).get(queue) ?? readOne(queue);
  };
}

const countOf = (name: string) => new RegExp(`<(?:\\w+:)?${name}>(\\d+)</(?:\\w+:)?${name}>`);
const [active, scheduled, deadLettered] = [
  countOf('ActiveMessageCount'),
  countOf('ScheduledMessageCount'),
  countOf('DeadLetterMessageCount'),
];

/** Of one QueueDescription; a text that a person wrote cannot hold a tag, since XML escapes it. */
function toCounts(xml: string): QueueCounts | undefined {
  const counts = {
    active: Number(active.exec(xml)?.[1]),
    scheduled: Number(scheduled.exec(xml)?.[1]),
    deadLettered: Number(deadLettered.exec(xml)?.[1]),
  };
  return Object.values(counts).some(Number.isNaN) ? undefined : counts;
}

/** Of a feed, by the titles of its entries. */
function toList(xml: string): ReadonlyMap<string, QueueCounts> {
  const found = new Map<string, QueueCounts>();
  for (const entry of xml.split(/<entry[\s>]/).slice(1)) {
    const name = /<title[^>]*>([^<]*)<\/title>/.exec(entry)?.[1];
    const counts = toCounts(entry);
    if (name !== undefined && counts !== undefined) found.set(name, counts);
  }
  return found;
}
