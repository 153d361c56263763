import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import { z } from 'zod';
import { ChainFailure } from './chain-failure';

const Batch = z.object({ requests: z.array(z.object({ method: z.string() })) });

/**
 * Lets nothing through that could change anything: GETs, and a `$batch` whose every part is a GET. It stands first in the
 * client's chain, so what is refused never gets a token and never leaves.
 * https://learn.microsoft.com/graph/json-batching
 */
export class ReadOnlyHandler implements Middleware {
  #next: Middleware | undefined;

  setNext(next: Middleware): void {
    this.#next = next;
  }

  async execute(context: Context): Promise<void> {
    const { options } = context;
    const url =
      typeof context.request === 'string'
        ? context.request
        : (context.request as { readonly url: string }).url;
    const method = (options?.method ?? 'GET').toUpperCase();
    if (method !== 'GET' && !(method === 'POST' && isBatchOfReads(url, options?.body))) {
      throw new ChainFailure(
        'write',
        new Error('This command only reads, and the request may change something'),
      );
    }
    await this.#next?.execute(context);
  }
}

function isBatchOfReads(url: string, body: unknown): boolean {
  if (!/^https:\/\/[^/]+\/v1\.0\/\$batch$/.test(url) || typeof body !== 'string') return false;
  const batch = Batch.safeParse(parse(body));
  return batch.success && batch.data.requests.every(({ method }) => method.toUpperCase() === 'GET');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
