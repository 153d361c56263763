import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { AppError } from '../../shared/kernel/errors';
import type { Saved } from './sorted-store';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;
type ListenerFactory = { createRequestListener(): Listener };

const factoryModule = 'azurite/dist/src/table/TableRequestListenerFactory.js';

/**
 * Azure Tables answers a write once it is stored. From this call on, Azurite in this process holds every answer (also to
 * reads, which would tell of rows that a crash could still undo) until what it speaks of is in the file. It holds for the
 * death of the process, not of the machine: the file is not synced to disk.
 * @throws AppError when Azurite has changed its inner form
 */
export function answerWhenSaved(saved: Saved): void {
  const { prototype } = (
    createRequire(__filename)(factoryModule) as { default: { prototype: ListenerFactory } }
  ).default;
  // Called with the factory that it is taken from.
  const { createRequestListener } = prototype as {
    createRequestListener?: (this: ListenerFactory) => Listener;
  };
  if (typeof createRequestListener !== 'function') {
    throw new AppError('local/azurite-changed', `${factoryModule} has no createRequestListener any more`);
  }
  prototype.createRequestListener = function (this: ListenerFactory) {
    const listener = createRequestListener.call(this);
    return (request, response) => {
      holdBack(response, saved);
      listener(request, response);
    };
  };
}

function holdBack(response: ServerResponse, saved: Saved): void {
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  let tail = Promise.resolve();
  const queue = (send: () => unknown) => {
    tail = tail
      .then(saved)
      .then(() => void send())
      // What is not saved is not told: the client sees a broken connection.
      .catch(() => void response.destroy());
  };
  response.write = (...args: unknown[]) => {
    queue(() => write(...args));
    return true;
  };
  response.end = (...args: unknown[]) => {
    queue(() => end(...args));
    return response;
  };
}
