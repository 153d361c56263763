import { AuthenticationHandler, Client, HTTPMessageHandler } from '@microsoft/microsoft-graph-client';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import { seededRandom } from '../../../../shared/kernel/random';
import { addNewcomer } from '@auto-licenser/graph-emulator/add-newcomer';
import type { NewcomerInput } from '@auto-licenser/graph-emulator/add-newcomer';
import { startGraph } from '@auto-licenser/graph-emulator';
import type { GraphOptions, RunningGraph } from '@auto-licenser/graph-emulator';
import { catalogueSku } from '@auto-licenser/graph-emulator/catalogue';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';

/** Graph's client insists on https: it keeps its host, and this sends what it says to the emulator. */
class OriginSwap implements Middleware {
  private next: Middleware | undefined;

  constructor(private readonly origin: string) {}

  async execute(context: Context): Promise<void> {
    const { request } = context;
    const url: unknown = typeof request === 'string' ? request : (request as { url?: unknown }).url;
    context.request = String(url).replace('https://graph.microsoft.com', this.origin);
    await this.next?.execute(context);
  }

  setNext(next: Middleware): void {
    this.next = next;
  }
}

// Bodies are what a test expects them to be.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export type Reply = { readonly status: number; readonly headers: Headers; readonly body: Json };

export type EmbeddedGraph = RunningGraph & {
  readonly token: string;
  /** Microsoft's own client, without its retries. */
  readonly client: Client;
  /** `path` begins after /v1.0. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** The control API: `path` begins after /_local. */
  local(method: string, path: string, body?: unknown): Promise<Reply>;
  /** A fresh cloud-only user in NL; the given properties on top. */
  newUser(properties?: Record<string, unknown>, rest?: Partial<NewcomerInput>): string;
  /** A token for a client with these roles only. */
  tokenWith(roles: readonly string[]): Promise<string>;
};

/** 2026-05-04T08:00:00Z, and it stands still until a test moves it. */
export const testNow = Date.UTC(2026, 4, 4, 8);

/** The emulator in this process, with a token and a client. */
export async function startEmbeddedGraph(options: Partial<GraphOptions> = {}): Promise<EmbeddedGraph> {
  const graph = await startGraph({
    tenant: makeTenant({ users: 60, seed: 7 }),
    clock: { now: () => testNow },
    random: seededRandom(1),
    ...options,
    // Tests skip days; only the one about expiry wants tokens to end.
    settings: { tokenLifetimeSeconds: 1_000_000_000, ...options.settings },
  });
  const token = await fetchToken(graph, graph.clientId, graph.clientSecret);
  let made = 0;
  const ask = async (url: string, method: string, body: unknown, headers: Record<string, string>) => {
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /^application\/json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  const swap = new OriginSwap(graph.origin);
  const authentication = new AuthenticationHandler({ getAccessToken: async () => token });
  authentication.setNext(swap);
  swap.setNext(new HTTPMessageHandler());

  return Object.assign(graph, {
    token,
    client: Client.initWithMiddleware({ middleware: authentication }),
    call: (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      ask(`${graph.origin}/v1.0${path}`, method, body, {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      }),
    local: (method: string, path: string, body?: unknown) =>
      ask(`${graph.origin}/_local${path}`, method, body, { 'content-type': 'application/json' }),
    newUser: (properties: Record<string, unknown> = {}, rest: Partial<NewcomerInput> = {}) => {
      made += 1;
      const { id } = addNewcomer(graph.engine, {
        ...rest,
        properties: {
          userPrincipalName: `test.${made}@contoso.com`,
          displayName: `Test ${made}`,
          mailNickname: `test.${made}`,
          accountEnabled: true,
          userType: 'Member',
          usageLocation: 'NL',
          ...properties,
        },
      });
      return id;
    },
    tokenWith: async (roles: readonly string[]) => {
      made += 1;
      const clientId = `client-${made}`;
      await ask(`${graph.origin}/_local/clients`, 'POST', { clientId, clientSecret: 'narrow', roles }, {});
      return fetchToken(graph, clientId, 'narrow');
    },
  });
}

/** An access token by client credentials. */
export async function fetchToken(
  graph: Pick<RunningGraph, 'tokenUrl'>,
  clientId: string,
  clientSecret: string,
): Promise<string> {
  const response = await fetch(graph.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    }),
  });
  const body = (await response.json()) as { access_token: string };
  return body.access_token;
}

/** Path and query of a link in an answer, as `call` takes it. */
export function fromLink(link: string): string {
  return link.replace('https://graph.microsoft.com/v1.0', '');
}

/** The id of a SKU by its part number. */
export const sku = (partNumber: string) => catalogueSku(partNumber).skuId;

/** The id of a plan by the part number of its SKU and its name. */
export function plan(skuPartNumber: string, name: string): string {
  const found = catalogueSku(skuPartNumber).servicePlans.find((entry) => entry.servicePlanName === name);
  if (!found) throw new Error(`${skuPartNumber} has no plan ${name}`);
  return found.servicePlanId;
}

/** A body of assignLicense that adds one SKU. */
export const add = (partNumber: string, ...disabledPlans: string[]) => ({
  addLicenses: [{ skuId: sku(partNumber), disabledPlans }],
  removeLicenses: [] as string[],
});

/** A body of assignLicense that removes one SKU. */
export const remove = (partNumber: string) => ({ addLicenses: [], removeLicenses: [sku(partNumber)] });
