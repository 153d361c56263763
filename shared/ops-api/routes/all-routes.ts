import { pathParameters } from '../route';
import type { AnyRoute } from '../route';
import * as failures from './failures';
import * as history from './history';
import { me } from './me';
import * as overview from './overview';
import * as plans from './plans';
import * as policies from './policies';
import * as queues from './queues';
import * as requests from './requests';
import * as rollouts from './rollouts';
import * as rows from './rows';
import * as sources from './sources';
import { showStatus } from './status';
import * as tenant from './tenant';
import * as users from './users';

const { approvalRoutes, ...ofRequests } = requests;

export const approvals = approvalRoutes(() => routes);

/**
 * Every route of the ops API, by file and name: the page calls them by these, and its build takes method and path
 * from here.
 */
export const routesByName = {
  me: { me },
  status: { showStatus },
  overview,
  history,
  queues,
  failures,
  users,
  rollouts,
  policies,
  plans,
  tenant,
  rows,
  sources,
  requests: ofRequests,
  approvals,
};
export type RoutesByName = typeof routesByName;

/** In the order in which the server tries them: `/failures/classes` before `/failures/{subject}`. */
export const routes: readonly AnyRoute[] = Object.values(routesByName)
  .flatMap((file) => Object.values(file as Readonly<Record<string, AnyRoute>>))
  .sort((a, b) => pathParameters(a.path).length - pathParameters(b.path).length);
