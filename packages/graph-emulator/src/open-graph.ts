import { randomUUID } from 'node:crypto';
import { makeEngine } from './engine/engine';
import type { Engine, EngineOptions } from './engine/engine';
import { Clients } from './http/clients';
import { Dispatcher } from './http/dispatcher';
import type { Answer } from './http/dispatcher';
import { GraphCalls } from './http/graph-calls';
import type { WireCall } from './http/graph-calls';
import { allRoutes } from './http/routes/all-routes';
import { SubscriptionService } from './notifications/subscription-service';

export type { WireCall } from './http/graph-calls';
export type { Answer } from './http/dispatcher';

/** A Graph that is called in this process, without a network: for tenants on a moved clock. */
export type OpenGraph = {
  readonly engine: Engine;
  readonly dispatcher: Dispatcher;
  /** Answers as Microsoft Graph does over the wire: tokens, quotas and refusals included. */
  answer(call: WireCall): Promise<Answer>;
  /** A bearer token with every permission, valid for an hour of the tenant's clock. */
  issueToken(): string;
  /** Every token that was issued so far is refused from now on. */
  revokeTokens(): void;
  close(): void;
};

/**
 * Opens a tenant without serving it.
 * @throws UserError when the tenant does not hold together
 */
export function openGraph(options: EngineOptions & { readonly linksOrigin?: string }): OpenGraph {
  const engine = makeEngine(options);
  const [clientId, clientSecret] = [randomUUID(), randomUUID()];
  const clients = new Clients(engine.tenant.facts.tenantId, clientSecret, engine.clock, engine.settings);
  clients.register(clientId, clientSecret);
  const subscriptions = new SubscriptionService(engine);
  const linkBase = `${options.linksOrigin ?? 'https://graph.microsoft.com'}/v1.0`;
  const dispatcher = new Dispatcher(engine, clients, allRoutes(subscriptions), linkBase);
  const calls = new GraphCalls(engine, dispatcher, clients);
  return {
    engine,
    dispatcher,
    answer: async (call) => {
      const answer = await calls.answer(call);
      answer.record?.sent();
      return answer;
    },
    issueToken: () => {
      const issued = clients.issue(clientId, clientSecret);
      if (issued === 'invalid_client') throw new Error('The client was registered with this secret');
      return issued.token;
    },
    revokeTokens: () => clients.revoke(),
    close: () => {
      dispatcher.holds.releaseAll();
      void subscriptions.stop();
      engine.clock.stop();
    },
  };
}
