import { createHmac, timingSafeEqual } from 'node:crypto';
import { GraphFault } from '../engine/graph-fault';
import type { LocalClock } from '../engine/local-clock';
import type { Settings } from '../engine/settings';
import { everyRole } from './routes/roles';

export type Client = { readonly clientId: string; readonly clientSecret: string; roles: readonly string[] };

type Claims = {
  readonly aud: string;
  readonly iss: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly appid: string;
  readonly tid: string;
  readonly roles: readonly string[];
};

export type Caller = {
  readonly appId: string;
  readonly roles: ReadonlySet<string>;
  readonly expiresAt: number;
};

/** The registered applications and the tokens they were given. */
export class Clients {
  private readonly clients = new Map<string, Client>();
  /** By the whole Authorization header, once it has been verified. */
  private readonly known = new Map<string, Caller>();

  constructor(
    private readonly tenantId: string,
    private readonly secret: string,
    private readonly clock: LocalClock,
    private readonly settings: Settings,
  ) {}

  register(clientId: string, clientSecret: string, roles: readonly string[] = everyRole): void {
    this.clients.set(clientId.toLowerCase(), { clientId, clientSecret, roles });
  }

  find(clientId: string): Client | undefined {
    return this.clients.get(clientId.toLowerCase());
  }

  /**
   * A token as the client credentials grant gives it, or the fault's OAuth error name.
   * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
   */
  issue(clientId: string, clientSecret: string): { token: string; expiresIn: number } | 'invalid_client' {
    const client = this.find(clientId);
    if (!client || !isSameSecret(client.clientSecret, clientSecret)) return 'invalid_client';
    const now = Math.floor(this.clock.now() / 1_000);
    const expiresIn = this.settings.tokenLifetimeSeconds;
    const claims: Claims = {
      aud: 'https://graph.microsoft.com',
      iss: `https://sts.windows.net/${this.tenantId}/`,
      iat: now,
      nbf: now,
      exp: now + expiresIn,
      appid: client.clientId,
      tid: this.tenantId,
      roles: client.roles,
    };
    const text = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode(claims)}`;
    return { token: `${text}.${this.sign(text)}`, expiresIn };
  }

  /**
   * Who sends this Authorization header.
   * @throws GraphFault 401
   */
  authenticate(header = ''): Caller {
    // Comparing a long header costs less than hashing it anew for every request.
    const caller = header === this.last?.header ? this.last.caller : this.recognize(header);
    if (caller.expiresAt <= this.clock.now()) {
      this.known.delete(header);
      this.last = undefined;
      throw unauthorized('Lifetime validation failed, the token is expired.');
    }
    return caller;
  }

  /** Takes every token back, as when an admin revokes them. */
  revoke(): void {
    this.known.clear();
    this.last = undefined;
    this.generation += 1;
  }

  private generation = 0;

  private last: { readonly header: string; readonly caller: Caller } | undefined;

  private recognize(header: string): Caller {
    const caller = this.known.get(header) ?? this.verify(header);
    this.last = { header, caller };
    return caller;
  }

  private verify(header: string): Caller {
    const token = /^bearer\s+(\S+)$/i.exec(header)?.[1];
    if (token === undefined) throw unauthorized('Access token is empty.');
    const dot = token.lastIndexOf('.');
    const text = token.slice(0, dot);
    if (dot < 0 || !isSameSecret(this.sign(text), token.slice(dot + 1))) {
      throw unauthorized('IDX14100: JWT is not well formed or its signature is not valid.');
    }
    const claims = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString('utf8')) as Claims;
    const caller = { appId: claims.appid, roles: new Set(claims.roles), expiresAt: claims.exp * 1_000 };
    this.known.set(header, caller);
    return caller;
  }

  private sign(text: string): string {
    return createHmac('sha256', `${this.secret}${this.generation}`).update(text).digest('base64url');
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function isSameSecret(left: string, right: string): boolean {
  const a = createHmac('sha256', 'compare').update(left).digest();
  return timingSafeEqual(a, createHmac('sha256', 'compare').update(right).digest());
}

function unauthorized(message: string): GraphFault {
  return new GraphFault(401, 'InvalidAuthenticationToken', message, {
    'www-authenticate':
      'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"',
  });
}
