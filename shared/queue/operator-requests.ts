import { z } from 'zod';
import type { Clock } from '../kernel/clock';
import type { Random } from '../kernel/random';
import { retry } from '../kernel/retry';
import { timing } from '../kernel/timing';
import { calledWorks, dueWorks } from './due-work';
import type { DueWork, Work } from './due-work';
import type { RenewedClient } from './renewed-client';
import { toSendError } from './send-error';

/** Long work that operators asked for; its messages name a row of the table `operations`. */
export const operatorQueue = 'operator-requests';

/** Due work first: to a version that does not know it, the message names no operation that exists. */
const Message = z.object({
  v: z.literal(1),
  request: z.union([
    z.object({ work: z.enum([...dueWorks, ...calledWorks]), holder: z.coerce.string() }),
    z.object({ operation: z.coerce.string() }),
  ]),
});

/** An operation that a person asked for, by its id; or work, with who holds its lease. */
export type OperatorRequest =
  | { readonly operation: string; readonly work?: undefined }
  | { readonly work: Work; readonly holder: string; readonly operation?: undefined };

/** What a message asks for; undefined: the message is not one of these. */
export function readOperatorRequest(body: unknown): OperatorRequest | undefined {
  return Message.safeParse(body).data?.request;
}

export type OperatorRequestSender = {
  /** An operation by its id. */
  send(operationId: string): Promise<void>;
  /** Work that is due; `holder` holds its lease until it is done. */
  readonly wake: (work: DueWork, holder: string) => Promise<void>;
  /** Groups are followed at `at`, milliseconds. */
  readonly callForGroups: (at: number, id: string) => Promise<void>;
  close(): Promise<void>;
};

/** Sends requests to their queue. Outages are waited out for `budgetMs`, then TransientError. */
export function makeOperatorRequestSender(
  client: RenewedClient,
  { clock, random, budgetMs }: { readonly clock: Clock; readonly random: Random; readonly budgetMs: number },
): OperatorRequestSender {
  const send = (messageId: string, request: OperatorRequest, at?: number): Promise<void> =>
    retry(
      async () => {
        try {
          await client.sending(operatorQueue, (sender) =>
            sender.sendMessages(
              {
                body: { v: 1, request },
                messageId,
                ...(at === undefined ? {} : { scheduledEnqueueTimeUtc: new Date(at) }),
              },
              { abortSignal: AbortSignal.timeout(timing.queue.sendAttempt.ms) },
            ),
          );
        } catch (thrown) {
          throw toSendError(thrown, operatorQueue);
        }
      },
      { clock, random, backoff: timing.queue.sendRetry, budgetMs },
    );
  return {
    send: (operationId) => send(operationId, { operation: operationId }),
    wake: (work, holder) => send(holder, { work, holder }),
    callForGroups: (at, id) => send(id, { work: 'group-changes', holder: id }, at),
    close: () => client.close(),
  };
}
