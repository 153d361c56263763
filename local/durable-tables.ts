import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { AppError } from '../shared/kernel/errors';

/** What is used of Azurite's row store (azurite/dist/src/table/persistence/LokiTableMetadataStore.js, lokijs). */
type Database = {
  /** Something has changed since the last save began. */
  autosaveDirty(): boolean;
  autosaveDisable(): void;
  /** Writes everything to a new file that replaces the old one; calls during a save share the next one. */
  saveDatabase(done: (error?: unknown) => void): void;
};
type Listener = (request: IncomingMessage, response: ServerResponse) => void;
type ListenerFactory = {
  readonly metadataStore: { readonly db: Database };
  createRequestListener(): Listener;
};

const factoryModule = 'azurite/dist/src/table/TableRequestListenerFactory.js';

/**
 * Azure Tables answers a write once it is stored. Azurite answers from memory and writes its file every five seconds,
 * so that a crash would take back what the app was told. From this call on, Azurite in this process holds every
 * answer (also to reads, which would tell of rows that a crash could still undo) until what it speaks of is in the
 * file. It holds for the death of the process, not of the machine: the file is not synced to disk.
 * @throws AppError when Azurite has changed its inner form
 */
export function answerWhenSaved(): void {
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
    const saved = makeSaver(this.metadataStore.db);
    return (request, response) => {
      holdBack(response, saved);
      listener(request, response);
    };
  };
}

/** Resolves when everything that was changed before the call is in the file. */
export function makeSaver(database: Database): () => Promise<void> {
  let save = Promise.resolve();
  return () => {
    // Saves are ours alone: one begun by the timer would leave no trace here. Closing saves all the same.
    database.autosaveDisable();
    if (database.autosaveDirty()) {
      save = new Promise((resolve, reject) => {
        database.saveDatabase((error) => (error ? reject(asError(error)) : resolve()));
      });
    }
    return save;
  };
}

function holdBack(response: ServerResponse, saved: () => Promise<void>): void {
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

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
