import type { AccessToken, TokenCredential } from '@azure/identity';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import { systemClock } from '../../kernel/clock';
import type { Clock } from '../../kernel/clock';
import { ensureError } from '../../kernel/errors';
import { silentLogger } from '../../kernel/logger';
import type { Logger } from '../../kernel/logger';
import { timing } from '../../kernel/timing';
import { ChainFailure } from '../chain-failure';

/** How far clocks of the identity platform's clients may be off. */
const skewSeconds = 300;

/**
 * The access tokens of a Graph client. A credential keeps a token for as long as it is valid, an hour or a day. When
 * Graph refuses it earlier (401), because it was revoked, or its signing key or the app's rights are of another day, the
 * credential is asked for a younger one, past what it keeps: once for all requests, and again only after
 * `timing.graph.newToken`, however often it still gives the refused one.
 */
export class AccessTokens {
  readonly #credential: TokenCredential;
  readonly #scope: string;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #logger: Pick<Logger, 'warn'>;
  #lastGiven: string | undefined;
  /** The credential's token, and until when it is not asked again. */
  #kept: { readonly token: string; readonly until: number } | undefined;
  /** The token that Graph refused, and what it asks of the next one. */
  #refused: { readonly token: string; readonly claims: string } | undefined;
  /** When a younger one was asked for last. */
  #askedAt = -Infinity;
  /** The last request for a younger one, as long as it is under way. */
  #asking: Promise<void> | undefined;
  /** What that request gave: a credential may go on to give the one that it keeps. */
  #younger: string | undefined;

  constructor(
    credential: TokenCredential,
    scope: string,
    clock: Pick<Clock, 'now'> = systemClock,
    logger: Pick<Logger, 'warn'> = silentLogger,
  ) {
    this.#credential = credential;
    this.#scope = scope;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The token for the next request. @throws ChainFailure `token`: the identity gives none */
  async get(): Promise<string> {
    try {
      const kept = await this.#keptToken();
      const token = kept === this.#refused?.token ? await this.#replace(kept, this.#refused.claims) : kept;
      this.#lastGiven = token;
      return token;
    } catch (thrown) {
      throw new ChainFailure('token', ensureError(thrown));
    }
  }

  /**
   * Graph refused this token; true: a request that is sent again may get another one. An app that is disabled is
   * refused with every token, so that a token is replaced only now and then (`timing.graph.newToken`).
   * @param challenge the answer's WWW-Authenticate
   */
  refused(token: string, challenge: string | null): boolean {
    // Another request has got a younger one meanwhile, or waits for it, as the next `get` does.
    if (token !== this.#lastGiven || this.#asking !== undefined) return true;
    const now = this.#clock.now();
    if (now - this.#askedAt < timing.graph.newToken.ms) return false;
    this.#younger = undefined;
    this.#kept = undefined;
    this.#refused = { token, claims: claimsOf(challenge) ?? notBefore(now) };
    return true;
  }

  /** The credential's own, asked for now or less than `timing.graph.keptToken` ago; never one about to end. */
  async #keptToken(): Promise<string> {
    const now = this.#clock.now();
    if (this.#kept !== undefined && now < this.#kept.until) return this.#kept.token;
    const { token, expiresOnTimestamp } = await this.#ask();
    const until = Math.min(now + timing.graph.keptToken.ms, expiresOnTimestamp - skewSeconds * 1_000);
    // One that Graph refuses is asked for each time: the identity may have another one by then.
    this.#kept = token === this.#refused?.token ? undefined : { token, until };
    return token;
  }

  async #ask(claims?: string): Promise<AccessToken> {
    const token = await this.#credential.getToken(this.#scope, claims === undefined ? {} : { claims });
    if (token === null) throw new Error('The credential gave no token');
    return token;
  }

  /** A younger token than this one: by one request for all that need it; after one that hangs there is another. */
  async #replace(kept: string, claims: string): Promise<string> {
    const now = this.#clock.now();
    if (now - this.#askedAt >= timing.graph.newToken.ms) {
      this.#askedAt = now;
      const asking = this.#askAnew(claims).finally(() => {
        if (this.#asking === asking) this.#asking = undefined;
      });
      this.#asking = asking;
    }
    await this.#asking;
    return this.#younger ?? kept;
  }

  /** Claims have a credential ask past what it keeps; one that cannot (the Azure CLI's) has only the token it keeps. */
  async #askAnew(claims: string): Promise<void> {
    try {
      this.#younger = (await this.#ask(claims)).token;
      // Before those who wait go on: what Graph says of the older one must not count for this one.
      this.#lastGiven = this.#younger;
    } catch (thrown) {
      this.#logger.warn('Graph refused a token, and the credential gives no other', {
        error: ensureError(thrown),
      });
    }
  }
}

/**
 * Sends a request that was refused for its token once more with another one: nothing was done, so a write may be sent
 * again too. Stands before the handler that puts the token into the request.
 */
export class RefusedTokenHandler implements Middleware {
  readonly #tokens: AccessTokens;
  #next: Middleware | undefined;

  constructor(tokens: AccessTokens) {
    this.#tokens = tokens;
  }

  setNext(next: Middleware): void {
    this.#next = next;
  }

  async execute(context: Context): Promise<void> {
    const before: Context = { ...context };
    const headers = copyOf(context.options?.headers);
    await this.#next?.execute(context);
    const { response } = context;
    if (response?.status !== 401) return;
    const [, token] = /^Bearer (.+)$/.exec(authorizationOf(context.options?.headers) ?? '') ?? [];
    if (token === undefined || !this.#tokens.refused(token, response.headers.get('www-authenticate'))) return;
    // Handlers behind this one have changed both.
    Object.assign(context, before, {
      options: { ...before.options, ...(headers === undefined ? {} : { headers }) },
    });
    await this.#next?.execute(context);
  }
}

function copyOf(headers: RequestInit['headers']): RequestInit['headers'] {
  if (headers === undefined || headers instanceof Headers) return new Headers(headers);
  return Array.isArray(headers) ? headers.map(([name = '', value = '']) => [name, value]) : { ...headers };
}

function authorizationOf(headers: RequestInit['headers']): string | null {
  return new Headers(headers).get('authorization');
}

/**
 * What a challenge asks of the next token: base64 in `claims="…"`.
 * https://learn.microsoft.com/entra/identity-platform/claims-challenge
 */
function claimsOf(challenge: string | null): string | undefined {
  const [, encoded] = /\bclaims="([A-Za-z0-9+/=_-]+)"/.exec(challenge ?? '') ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

/**
 * The same page's own example: a token that was not issued before this time (milliseconds). Clocks differ, and what counts
 * is that there are claims.
 */
function notBefore(now: number): string {
  const value = String(Math.floor(now / 1_000) - skewSeconds);
  return JSON.stringify({ access_token: { nbf: { essential: true, value } } });
}
