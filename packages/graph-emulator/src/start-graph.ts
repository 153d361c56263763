import { getRequestListener } from '@hono/node-server';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../emulator-kit/src/clock';
import type { Random } from '../../emulator-kit/src/random';
import { controlApi } from './control/control-api';
import type { AuditEvent } from './engine/history/audit-log';
import { makeEngine } from './engine/engine';
import type { Change } from './engine/history/change-log';
import type { Engine } from './engine/engine';
import type { Journal } from './engine/history/journal';
import type { SettingsInput } from './engine/settings';
import type { TenantLine } from './tenant/tenant-line';
import type { WriteLogEntry } from './engine/history/write-log';
import { Clients } from './http/clients';
import { Dispatcher } from './http/dispatcher';
import { GraphCalls } from './http/graph-calls';
import { GraphListener } from './http/graph-listener';
import { allRoutes } from './http/routes/all-routes';
import { tokenEndpoint } from './http/token-endpoint';
import type { Subscription } from './notifications/subscription';
import { AuditStream } from './notifications/event-hubs/audit-stream';
import { SubscriptionService } from './notifications/subscription-service';
import { isOwnRequest } from '../../emulator-kit/src/own-request';
import { sameText } from '../../emulator-kit/src/secret';

export type GraphOptions = {
  readonly tenant: Iterable<TenantLine>;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: string;
  readonly clock?: Pick<Clock, 'now'>;
  readonly random?: Random;
  readonly settings?: SettingsInput;
  readonly journal?: Journal;
  readonly epoch?: string;
  /** What an earlier run had told, recorded and promised. */
  readonly changes?: readonly Change[];
  /** As in EngineOptions. */
  readonly changesKept?: number;
  readonly audits?: readonly AuditEvent[];
  readonly changedSettings?: Readonly<Record<string, unknown>>;
  readonly writes?: readonly WriteLogEntry[];
  readonly subscriptions?: readonly Subscription[];
  /** Where partner topics of Event Grid send, by their names: addresses of this machine. */
  readonly partnerTopics?: Readonly<Record<string, string>>;
  /** Origin of the links in answers; https://graph.microsoft.com unless given. */
  readonly linksOrigin?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** What changes something under /_local must send it as x-licenser-control; absent: no key is asked for. */
  readonly controlKey?: string;
  /** PEM texts: serve TLS instead of plain http. */
  readonly tls?: { readonly cert: string; readonly key: string };
};

export type RunningGraph = {
  /** http://127.0.0.1:PORT */
  readonly origin: string;
  readonly port: number;
  readonly engine: Engine;
  readonly dispatcher: Dispatcher;
  readonly subscriptions: SubscriptionService;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  stop(): Promise<void>;
};

/**
 * Serves a tenant as Microsoft Graph does.
 * @throws UserError when the tenant does not hold together
 */
export async function startGraph(options: GraphOptions): Promise<RunningGraph> {
  const engine = makeEngine(options);
  const clientId = options.clientId ?? randomUUID();
  const clientSecret = options.clientSecret ?? randomBytes(24).toString('base64url');
  const { tenantId } = engine.tenant.facts;
  const clients = new Clients(tenantId, clientSecret, engine.clock, engine.settings);
  clients.register(clientId, clientSecret);
  const subscriptions = new SubscriptionService(engine, options.subscriptions, options.partnerTopics);
  const auditStream = new AuditStream(engine);
  const linkBase = `${options.linksOrigin ?? 'https://graph.microsoft.com'}/v1.0`;
  const dispatcher = new Dispatcher(engine, clients, allRoutes(subscriptions), linkBase);

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get('/health', (c) => c.json({ status: 'ok' }));
  app.use('/_local/*', async (c, next) => {
    // The control API has no token: it only listens to programs of this machine, not to pages in a browser.
    if (!isLoopback(c.env.incoming.socket.remoteAddress)) return c.notFound();
    if (!isOwnRequest(c.env.incoming)) return c.json(foreign, 403);
    const { controlKey } = options;
    const isChange = c.req.method !== 'GET' && c.req.method !== 'HEAD';
    if (
      isChange &&
      controlKey !== undefined &&
      !sameText(c.req.header('x-licenser-control') ?? '', controlKey)
    ) {
      return c.json(keyMissing, 401);
    }
    await next();
    return undefined;
  });
  app.route(
    '/_local',
    controlApi({
      engine,
      dispatcher,
      clients,
      subscriptions,
      auditStream,
      settings: options.settings ?? {},
    }),
  );
  app.route('/', tokenEndpoint(engine, clients));

  const graphListener = new GraphListener(new GraphCalls(engine, dispatcher, clients));
  const otherListener = getRequestListener(app.fetch);
  const server = await listen(options, (incoming, outgoing) => {
    if (graphListener.isMine(incoming.url)) graphListener.listen(incoming, outgoing);
    else void otherListener(incoming, outgoing);
  });
  const { port } = server.address() as AddressInfo;
  const origin = `${options.tls ? 'https' : 'http'}://${options.host ?? '127.0.0.1'}:${port}`;
  return {
    origin,
    port,
    engine,
    dispatcher,
    subscriptions,
    tokenUrl: `${origin}/${tenantId}/oauth2/v2.0/token`,
    clientId,
    clientSecret,
    stop: async () => {
      dispatcher.holds.releaseAll();
      await subscriptions.stop();
      await auditStream.stop();
      engine.clock.stop();
      await close(server);
    },
  };
}

const foreign = {
  error: { code: 'local/foreign', message: 'Host and Origin must be of this machine.' },
};
const keyMissing = {
  error: { code: 'local/key-missing', message: 'Send the control key of this Graph as x-licenser-control.' },
};

function listen(options: GraphOptions, listener: RequestListener): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = options.tls ? createTlsServer({ ...options.tls }, listener) : createServer(listener);
    // Longer than clients keep idle connections: none is closed under a request that is on its way.
    server.keepAliveTimeout = 65_000;
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(127\.|::1$|::ffff:127\.)/.test(address);
}
