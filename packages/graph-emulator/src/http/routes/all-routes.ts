import type { SubscriptionService } from '../../notifications/subscription-service';
import type { Route } from '../graph-request';
import { deltaRoutes } from './deltas';
import { directoryRoutes } from './directory';
import { groupRoutes } from './groups';
import { licenseRoutes } from './licenses';
import { membershipRoutes } from './member-of';
import { subscriptionRoutes } from './subscriptions';
import { userReadRoutes } from './user-reads';
import { userWriteRoutes } from './user-writes';

/** Every route of /v1.0 but $batch; `/users/delta` has to come before `/users/{id}`. */
export function allRoutes(subscriptions: SubscriptionService): readonly Route[] {
  return [
    ...deltaRoutes,
    ...userReadRoutes,
    ...userWriteRoutes,
    ...membershipRoutes,
    ...groupRoutes,
    ...licenseRoutes,
    ...directoryRoutes,
    ...subscriptionRoutes(subscriptions),
  ];
}
