import { visibleVersion } from '../../engine/history/commit';
import type { Engine } from '../../engine/engine';
import { GraphFault, resourceNotFound } from '../../engine/graph-fault';
import type { UserRecord, UserVersion } from '../../engine/records';
import { userProperties } from '../../engine/users/directory-properties';
import { readUserProperty, viewUser } from '../../engine/users/view-user';
import { matchesFilter } from '../../odata/evaluate-filter';
import type { Filter } from '../../odata/filter';
import { parseOrderBy, sortBy } from '../../odata/order-by';
import { parseExpand, parseSelect, refuseElsewhere } from '../../odata/select-expand';
import type { Expand } from '../../odata/select-expand';
import { collectionPage, contextOf, entity, numbered, readFilter, refuseOthers } from '../answers';
import { isAdvanced, isEventual } from '../graph-request';
import type { GraphRequest, Route } from '../graph-request';
import { unsupportedQuery } from '../../engine/graph-fault';
import { roles } from './roles';

export type SeenUser = { readonly user: UserRecord; readonly version: UserVersion };

/**
 * The user as reads see them now.
 * @throws GraphFault 404
 */
export function seeUser(engine: Engine, idOrName: string): SeenUser {
  const user = engine.tenant.findUser(idOrName);
  const version = user && visibleVersion(engine, user);
  if (!user || !version) throw resourceNotFound(idOrName);
  return { user, version };
}

/**
 * Sign-ins take a permission besides those of the user.
 * https://learn.microsoft.com/graph/api/resources/signinactivity
 * @throws GraphFault 403
 */
function needSignInRole({ roles: held }: GraphRequest, select: readonly string[] | undefined): void {
  if (!select?.includes('signInActivity') || held.has('AuditLog.Read.All')) return;
  throw new GraphFault(
    403,
    'Authentication_MSGraphPermissionMissing',
    'The principal does not have required Microsoft Graph permission(s): AuditLog.Read.All to call this API. For more information about Microsoft Graph permissions, please visit https://learn.microsoft.com/graph/permissions-overview',
  );
}

const sortable: readonly string[] = ['displayName', 'userPrincipalName', 'createdDateTime'];
const expandable = { manager: userProperties };

function viewWithExpand(
  engine: Engine,
  { user, version }: SeenUser,
  select: readonly string[] | undefined,
  expand: Expand | undefined,
): Record<string, unknown> {
  const view = viewUser(engine, user, version, select);
  if (!expand) return view;
  const manager = version.managerId === null ? undefined : engine.tenant.findUser(version.managerId);
  const managerVersion = manager && visibleVersion(engine, manager);
  if (manager && managerVersion) {
    const inner = viewUser(engine, manager, managerVersion, expand.select);
    view.manager = { '@odata.type': '#microsoft.graph.user', ...inner };
  }
  return view;
}

/** Users that a filter can only mean by key, so that no table has to be searched. */
function candidates(engine: Engine, filter: Filter | undefined): readonly UserRecord[] | undefined {
  if (filter?.type !== 'compare' && filter?.type !== 'in') return undefined;
  const [name] = filter.path.segments;
  if (name !== 'id' && name !== 'userPrincipalName') return undefined;
  if (filter.type === 'compare' && filter.operator !== 'eq') return undefined;
  const literals = filter.type === 'in' ? filter.literals : [filter.literal];
  const found = literals.flatMap(({ value }) => engine.tenant.findUser(String(value)) ?? []);
  return [...new Set(found)];
}

function listUsers(
  engine: Engine,
  request: GraphRequest,
): SeenUser[] | ((from: number) => Iterable<readonly [number, SeenUser]>) {
  const filter = readFilter(request, { resource: 'User', rules: userProperties });
  const order = parseOrderBy(request.options.get('$orderby'), userProperties, sortable, 'user');
  if (order && filter && !isAdvanced(request)) {
    throw unsupportedQuery('Sorting not supported for current query.');
  }
  const users = candidates(engine, filter) ?? engine.tenant.userOrder;
  function* matching(from: number): Generator<readonly [number, SeenUser]> {
    for (const [position, user] of numbered(users, from)) {
      const version = user.deletedAt === null ? visibleVersion(engine, user) : undefined;
      if (!version) continue;
      const read = (name: string) => readUserProperty(engine, user, version, name);
      if (!filter || matchesFilter(filter, read)) yield [position, { user, version }];
    }
  }
  if (!order) return matching;
  const all = [...matching(0)].map(([, seen]) => seen);
  return sortBy(all, order, ({ user, version }) => readUserProperty(engine, user, version, order.name));
}

/** Reads of users and their managers. */
export const userReadRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/users/$count',
    units: 1,
    roles: roles.readUsers,
    handle: (engine, request) => {
      if (!isEventual(request)) {
        throw new GraphFault(400, 'Request_BadRequest', '$count is not currently supported.');
      }
      const filter = readFilter(
        { ...request, options: new Map([...request.options, ['$count', 'true']]) },
        { resource: 'User', rules: userProperties },
      );
      let count = 0;
      for (const user of engine.tenant.userOrder) {
        const version = user.deletedAt === null ? visibleVersion(engine, user) : undefined;
        if (!version) continue;
        if (!filter || matchesFilter(filter, (name) => readUserProperty(engine, user, version, name)))
          count += 1;
      }
      return { status: 200, body: String(count) };
    },
  },
  {
    method: 'GET',
    pattern: '/users',
    units: 2,
    roles: roles.readUsers,
    handle: (engine, request) => {
      const select = parseSelect(request.options.get('$select'), userProperties, 'user');
      refuseElsewhere(select, userProperties);
      needSignInRole(request, select);
      const expand = parseExpand(request.options.get('$expand'), expandable, 'user');
      const listed = listUsers(engine, request);
      return collectionPage(engine, request, contextOf('users', select), {
        items: (from) => (Array.isArray(listed) ? numbered(listed, from) : listed(from)),
        view: (seen) => viewWithExpand(engine, seen, select, expand),
        allows: ['$select', '$expand', '$filter', '$orderby', '$top', '$count', '$skiptoken'],
      });
    },
  },
  {
    method: 'GET',
    pattern: '/users/{id}',
    units: 2,
    roles: roles.readUser,
    handle: (engine, request, params) => {
      refuseOthers(request.options, ['$select', '$expand']);
      const select = parseSelect(request.options.get('$select'), userProperties, 'user');
      needSignInRole(request, select);
      const expand = parseExpand(request.options.get('$expand'), expandable, 'user');
      const seen = seeUser(engine, params.id ?? '');
      return entity(request, contextOf('users', select), viewWithExpand(engine, seen, select, expand));
    },
  },
  {
    method: 'GET',
    pattern: '/users/{id}/manager',
    units: 2,
    roles: roles.readManager,
    handle: (engine, request, params) => {
      refuseOthers(request.options, ['$select']);
      const select = parseSelect(request.options.get('$select'), userProperties, 'user');
      const { version } = seeUser(engine, params.id ?? '');
      if (version.managerId === null) throw resourceNotFound('manager');
      const manager = seeUser(engine, version.managerId);
      const view = viewUser(engine, manager.user, manager.version, select);
      return entity(request, 'directoryObjects', { '@odata.type': '#microsoft.graph.user', ...view });
    },
  },
];
