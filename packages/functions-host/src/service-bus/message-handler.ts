import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { ensureError } from '../../../emulator-kit/src/errors';
import type { Logger } from '../../../emulator-kit/src/logger';
import type { RegisteredFunction } from '../app/function-registry';
import type { TypedData } from '../app/programming-model';
import type { ServiceBusTrigger } from '../app/trigger';
import type { HandRun } from '../entity-listener';
import type { Invoker } from '../invoker';
import { ConnectionLostError, orLost } from './broker-connection';
import { toMessageInput, toMessageMetadata, traceParentOf } from './message-data';
import type { Outcome, Settlements } from './settlements';

export type MessageHandlerOptions = {
  readonly function: RegisteredFunction;
  readonly trigger: ServiceBusTrigger;
  readonly invoker: Invoker;
  readonly log: Logger;
  /** Whether success completes the message. */
  readonly autoComplete: boolean;
};

/** What ends beside a message. */
export type MessageEnds = {
  /** The connection is gone: nothing can be settled any more. */
  readonly lost: AbortSignal;
  /** The listener takes no more messages. */
  readonly stopping: AbortSignal;
};

type Settler = Pick<ServiceBusReceiver, 'completeMessage' | 'abandonMessage'>;

/**
 * One message through the function: completed on success, abandoned when it throws or runs out of time. As in Azure
 * also what succeeds after the listener was told to stop is abandoned, and so comes once more.
 * Source: Azure/azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.ServiceBus, src/Listeners/ServiceBusListener.cs
 * (ProcessMessageAsync) and src/Primitives/MessageProcessor.cs (CompleteProcessingMessageAsync).
 */
export class MessageHandler implements HandRun {
  readonly #options: MessageHandlerOptions;

  constructor(options: MessageHandlerOptions) {
    this.#options = options;
  }

  /** Never throws: a failed settlement is in the log, and the broker delivers the message again. */
  async handle(
    message: ServiceBusReceivedMessage,
    settler: Settler,
    settlements: Settlements,
    { lost, stopping }: MessageEnds,
  ): Promise<void> {
    const { log, autoComplete } = this.#options;
    const result = await this.#run(message);
    const outcome = stopping.aborted ? 'abandon' : result;
    if (outcome === 'complete' && !autoComplete) return;
    try {
      if (lost.aborted) throw new ConnectionLostError();
      const settling = settlements.settle(outcome, () =>
        outcome === 'complete' ? settler.completeMessage(message) : settler.abandonMessage(message),
      );
      await orLost(settling, lost);
    } catch (thrown) {
      const fields = { messageId: message.messageId, outcome, error: ensureError(thrown).message };
      // A lost connection has been reported once by the listener, not once per message.
      if (thrown instanceof ConnectionLostError)
        log.debug('The connection ended before the message was settled', fields);
      else log.warn('The message could not be settled; it will be delivered again', fields);
    }
  }

  /**
   * Runs the function with `body` as if it were a message's.
   * @throws what the function throws
   */
  async runByHand(body: string): Promise<void> {
    await this.#invoke({ string: body }, {}, undefined);
  }

  async #run(message: ServiceBusReceivedMessage): Promise<Outcome> {
    const { log, trigger } = this.#options;
    let input: TypedData;
    try {
      input = toMessageInput(message, trigger.binary);
    } catch (thrown) {
      log.error('Unreadable message', { messageId: message.messageId, error: ensureError(thrown).message });
      return 'abandon';
    }
    try {
      await this.#invoke(input, toMessageMetadata(message, input), traceParentOf(message));
      return 'complete';
    } catch {
      return 'abandon';
    }
  }

  async #invoke(
    input: TypedData,
    triggerMetadata: Readonly<Record<string, TypedData>>,
    traceParent: string | undefined,
  ): Promise<void> {
    const { invoker, trigger } = this.#options;
    await invoker.invoke({
      function: this.#options.function,
      bindingName: trigger.bindingName,
      input,
      triggerMetadata,
      traceParent,
    });
  }
}
