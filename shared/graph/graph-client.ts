import type { TokenCredential } from '@azure/identity';
import { AuthenticationHandler, Client } from '@microsoft/microsoft-graph-client';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import type { Clock } from '../kernel/clock';
import { graphScope, publicCloud } from '../kernel/microsoft-cloud';
import { ensureError } from '../kernel/errors';
import type { Logger } from '../kernel/logger';
import { AccessTokens, RefusedTokenHandler } from './tokens/access-tokens';
import { ChainFailure } from './chain-failure';
import { ReadOnlyHandler } from './read-only';
import { makeSendRequest } from './send-request';
import type { SendRequest } from './send-request';

/** The end of the chain: what the client's own handler would do with `fetch`. */
class SendHandler implements Middleware {
  readonly #send: SendRequest;

  constructor(send: SendRequest) {
    this.#send = send;
  }

  async execute(context: Context): Promise<void> {
    // The client passes an answer on as it is (ResponseType.RAW), so that its type alone says more than is used of it.
    context.response = (await this.#send(urlOf(context), context.options ?? {})) as Response;
  }
}

function urlOf({ request }: Context): string {
  return typeof request === 'string' ? request : (request as { readonly url: string }).url;
}

/** What the Graph client library sends requests to, whatever the cloud. */
export const microsoftGraph = publicCloud.graphOrigin;

/**
 * Sends what is meant for graph.microsoft.com elsewhere: to the embedded Graph, or to a national cloud. Nothing leaves
 * for any other origin, whatever a link says, and no redirect is followed: what another server answers is not Graph's.
 */
class OriginHandler implements Middleware {
  readonly #origin: string;
  #next: Middleware | undefined;

  constructor(origin: string) {
    this.#origin = origin;
  }

  setNext(next: Middleware): void {
    this.#next = next;
  }

  async execute(context: Context): Promise<void> {
    if (typeof context.request === 'string' && context.request.startsWith(`${microsoftGraph}/`)) {
      context.request = this.#origin + context.request.slice(microsoftGraph.length);
    }
    const url = urlOf(context);
    if (!URL.canParse(url) || new URL(url).origin !== new URL(this.#origin).origin) {
      throw new ChainFailure('link', new Error('The link does not lead to Microsoft Graph'));
    }
    context.options = { ...context.options, redirect: 'manual' };
    try {
      await this.#next?.execute(context);
    } catch (thrown) {
      throw new ChainFailure('wire', ensureError(thrown));
    }
  }
}

/**
 * The Graph client on its https address: it sends tokens and follows links only there (GraphRequestUtil.js), so the
 * origin is swapped behind its back, just before the request leaves. No RetryHandler: it obeys no more than
 * 180 s of a Retry-After and knows nothing of the other calls (RetryHandlerOptions.js).
 *
 * @param isReadOnly whatever could change something is refused before it gets a token
 * @param send takes the place of the network; default: Node's own client, see makeSendRequest
 * @param clock by which refused tokens are replaced now and then
 * @param logger is told where a refused token cannot be replaced
 */
export function makeGraphClient(
  credential: TokenCredential,
  origin: string,
  {
    isReadOnly = false,
    send = makeSendRequest(),
    clock,
    logger,
  }: {
    readonly isReadOnly?: boolean | undefined;
    readonly send?: SendRequest | undefined;
    readonly clock?: Pick<Clock, 'now'> | undefined;
    readonly logger?: Pick<Logger, 'warn'> | undefined;
  } = {},
): Client {
  const tokens = new AccessTokens(credential, graphScope(origin), clock, logger);
  const authentication = new AuthenticationHandler({ getAccessToken: () => tokens.get() });
  return Client.initWithMiddleware({
    defaultVersion: 'v1.0',
    middleware: [
      ...(isReadOnly ? [new ReadOnlyHandler()] : []),
      new RefusedTokenHandler(tokens),
      authentication,
      new OriginHandler(origin),
      new SendHandler(send),
    ],
  });
}
