import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import type { RegisteredFunction } from '../../src/app/function-registry';
import type { ServiceBusTrigger } from '../../src/app/trigger';
import type { Invoker } from '../../src/invoker';
import { MessageHandler } from '../../src/service-bus/message-handler';
import { Settlements } from '../../src/service-bus/settlements';

const message = {
  body: Buffer.from('{}'),
  _rawAmqpMessage: { bodyType: 'data' },
} as unknown as ServiceBusReceivedMessage;

/** Handles one message and says how it was settled. */
async function settledAs(options: {
  autoComplete: boolean;
  stopsWhileRunning: boolean;
  fails?: boolean;
}): Promise<string[]> {
  const stopping = new AbortController();
  const settled: string[] = [];
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore, with: () => log };
  const handler = new MessageHandler({
    function: {} as RegisteredFunction,
    trigger: { bindingName: 'message' } as ServiceBusTrigger,
    invoker: {
      invoke: async () => {
        if (options.stopsWhileRunning) stopping.abort();
        if (options.fails === true) throw new Error('not today');
      },
    } as unknown as Invoker,
    log,
    autoComplete: options.autoComplete,
  });
  const settler = {
    completeMessage: async () => void settled.push('completed'),
    abandonMessage: async () => void settled.push('abandoned'),
  };
  const ends = { lost: new AbortController().signal, stopping: stopping.signal };
  await handler.handle(message, settler, new Settlements(), ends);
  return settled;
}

const ignore = () => undefined;

describe('a message whose function succeeds', () => {
  it.each([
    [{ autoComplete: true, stopsWhileRunning: false }, ['completed']],
    [{ autoComplete: false, stopsWhileRunning: false }, []],
    [{ autoComplete: true, stopsWhileRunning: true }, ['abandoned']],
    [{ autoComplete: false, stopsWhileRunning: true }, ['abandoned']],
    [{ autoComplete: true, stopsWhileRunning: false, fails: true }, ['abandoned']],
  ])('%j is settled as %j', async (options, expected) => {
    expect(await settledAs(options)).toEqual(expected);
  });
});
