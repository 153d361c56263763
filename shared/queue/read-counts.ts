import type { ServiceBusAdministrationClient } from '@azure/service-bus';
import { RestError, createDefaultHttpClient, createPipelineRequest } from '@azure/core-rest-pipeline';
import { lightPipeline } from '../kernel/light-pipeline';
import type { QueueCounts } from './queue-inspector';
import type { QueueName } from './queues';

/** Connections are kept. */
const http = createDefaultHttpClient();

/**
 * The counts of a queue, in the words of the administration client's errors. The client turns the whole description of the
 * queue into objects, which costs several times what the request does, and these counts are looked at every few seconds: so
 * they are taken out of the text. Whatever is no description with counts is left to the client, which knows what it means.
 * `namespace`: its host name, such as NAME.servicebus.windows.net.
 */
export function makeCountReader(
  administration: ServiceBusAdministrationClient,
  namespace: string,
): (queue: QueueName) => Promise<QueueCounts> {
  let pipeline: ServiceBusAdministrationClient['pipeline'] | undefined;
  return async (queue) => {
    // Not before the first use: locally a policy is added to the client after it was made.
    pipeline ??= lightPipeline(administration.pipeline);
    // https://learn.microsoft.com/rest/api/servicebus/get-queue
    const url = `https://${namespace}/${queue}?api-version=2021-05`;
    const request = createPipelineRequest({ url });
    const response = await pipeline.sendRequest(http, request);
    const { status: statusCode, bodyAsText } = response;
    // The client would ask, and wait, as often once more.
    if (statusCode >= 500)
      throw new RestError(`the broker answered ${String(statusCode)}`, { statusCode, request, response });
    const counts = statusCode === 200 ? toCounts(bodyAsText ?? '') : undefined;
    if (counts !== undefined) return counts;
    const found = await administration.getQueueRuntimeProperties(queue);
    return {
      active: found.activeMessageCount,
      scheduled: found.scheduledMessageCount,
      deadLettered: found.deadLetterMessageCount,
    };
  };
}

const countOf = (name: string) => new RegExp(`<(?:\\w+:)?${name}>(\\d+)</(?:\\w+:)?${name}>`);
const [active, scheduled, deadLettered] = [
  countOf('ActiveMessageCount'),
  countOf('ScheduledMessageCount'),
  countOf('DeadLetterMessageCount'),
];

/** Of the one QueueDescription of an answer; a text that a person wrote cannot hold a tag, since XML escapes it. */
function toCounts(xml: string): QueueCounts | undefined {
  const counts = {
    active: Number(active.exec(xml)?.[1]),
    scheduled: Number(scheduled.exec(xml)?.[1]),
    deadLettered: Number(deadLettered.exec(xml)?.[1]),
  };
  return Object.values(counts).some(Number.isNaN) ? undefined : counts;
}
