import type { ServiceBusClient } from '@azure/service-bus';
import { z } from 'zod';
import type { Clock } from '../kernel/clock';
import type { Random } from '../kernel/random';
import { retry } from '../kernel/retry';
import { timing } from '../kernel/timing';
import { toSendError } from './send-error';

/** Long work that operators asked for; its messages name a row of the table `operations`. */
export const operatorQueue = 'operator-requests';

const Message = z.object({ v: z.literal(1), request: z.object({ operation: z.coerce.string() }) });

/** The operation that a message names; undefined: the message is not one of these. */
export function readOperatorRequest(body: unknown): string | undefined {
  return Message.safeParse(body).data?.request.operation;
}

export type OperatorRequestSender = { send(operationId: string): Promise<void>; close(): Promise<void> };

/** Sends the ids of operations to their queue. Outages are waited out for `budgetMs`, then TransientError. */
export function makeOperatorRequestSender(
  client: ServiceBusClient,
  { clock, random, budgetMs }: { readonly clock: Clock; readonly random: Random; readonly budgetMs: number },
): OperatorRequestSender {
  const sender = client.createSender(operatorQueue);
  return {
    send: (operationId) =>
      retry(
        async () => {
          try {
            await sender.sendMessages(
              { body: { v: 1, request: { operation: operationId } }, messageId: operationId },
              { abortSignal: AbortSignal.timeout(timing.queue.sendAttempt.ms) },
            );
          } catch (thrown) {
            throw toSendError(thrown, operatorQueue);
          }
        },
        { clock, random, backoff: timing.queue.sendRetry, budgetMs },
      ),
    close: () => sender.close(),
  };
}
