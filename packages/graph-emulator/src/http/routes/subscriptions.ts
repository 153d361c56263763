import type { SubscriptionService } from '../../notifications/subscription-service';
import { viewSubscription } from '../../notifications/subscription';
import { collectionPage, entity, numbered } from '../answers';
import { readObject } from '../bodies';
import type { Route } from '../graph-request';
import { roles } from './roles';
import { accessDenied } from '../../engine/graph-fault';

/** https://learn.microsoft.com/graph/api/resources/subscription */
export function subscriptionRoutes(service: SubscriptionService): Route[] {
  const common = { units: 1, service: 'subscriptions', roles: roles.subscriptions } as const;
  return [
    {
      ...common,
      method: 'POST',
      pattern: '/subscriptions',
      isSlow: true,
      handle: async (_engine, request) => {
        const input = service.check(readObject(request.body));
        if (!maySubscribe(input.target.kind, request.roles)) throw accessDenied();
        const subscription = await service.create(input, request.appId);
        return entity(request, 'subscriptions', viewSubscription(subscription), 201);
      },
    },
    {
      ...common,
      method: 'GET',
      pattern: '/subscriptions',
      handle: (engine, request) => {
        const subscriptions = service.list(request.appId);
        return collectionPage(engine, request, 'subscriptions', {
          items: (from) => numbered(subscriptions, from),
          view: viewSubscription,
          allows: ['$skiptoken'],
        });
      },
    },
    {
      ...common,
      method: 'GET',
      pattern: '/subscriptions/{id}',
      handle: (_engine, request, params) =>
        entity(request, 'subscriptions', viewSubscription(service.get(params.id ?? '', request.appId))),
    },
    {
      ...common,
      method: 'PATCH',
      pattern: '/subscriptions/{id}',
      isSlow: true,
      handle: async (_engine, request, params) => {
        const renewed = await service.renew(params.id ?? '', request.appId, readObject(request.body));
        return entity(request, 'subscriptions', viewSubscription(renewed));
      },
    },
    {
      ...common,
      method: 'POST',
      pattern: '/subscriptions/{id}/reauthorize',
      handle: (_engine, request, params) => {
        service.reauthorize(params.id ?? '', request.appId);
        return { status: 204 };
      },
    },
    {
      ...common,
      method: 'DELETE',
      pattern: '/subscriptions/{id}',
      handle: (_engine, request, params) => {
        service.remove(params.id ?? '', request.appId);
        return { status: 204 };
      },
    },
  ];
}

/** User.ReadWrite.All or another resource's permission does not do. */
function maySubscribe(kind: 'user' | 'group' | 'members', held: ReadonlySet<string>): boolean {
  return (kind === 'user' ? roles.subscribeUsers : roles.subscribeGroups).some((role) => held.has(role));
}
