import { indexedVersion, visibleVersion } from '../../engine/history/commit';
import type { Engine } from '../../engine/engine';
import { GraphFault, resourceNotFound } from '../../engine/graph-fault';
import { assignGroupLicense } from '../../engine/licensing/group-licensing';
import { addMember, removeMember } from '../../engine/groups/change-members';
import { membersWithErrors, readGroupProperty, viewGroup } from '../../engine/groups/view-group';
import { createGroup, deleteGroup, updateGroup } from '../../engine/groups/write-group';
import { withParents } from '../../engine/groups/nesting';
import { transitiveMemberIds, visibleMemberIds } from '../../engine/groups/visible-members';
import type { GroupRecord } from '../../engine/records';
import { groupProperties, userProperties } from '../../engine/users/directory-properties';
import { readUserProperty, viewUser } from '../../engine/users/view-user';
import { matchesFilter } from '../../odata/evaluate-filter';
import { parseOrderBy, sortBy } from '../../odata/order-by';
import { parseSelect } from '../../odata/select-expand';
import { collectionPage, contextOf, entity, numbered, readFilter, refuseOthers } from '../answers';
import { readLicenseChange, readObject, readReference } from '../bodies';
import type { GraphRequest, GraphResponse, Route } from '../graph-request';
import { groupPage, needAdvancedForCast } from './member-of';
import { roles, sees, withholdAll } from './roles';

function findGroup(engine: Engine, id: string | undefined): GroupRecord {
  const group = engine.tenant.findGroup(id ?? '');
  if (!group) throw resourceNotFound(id ?? '');
  return group;
}

function listGroups(engine: Engine, request: GraphRequest): GraphResponse {
  const select = parseSelect(request.options.get('$select'), groupProperties, 'group');
  const filter = readFilter(request, { resource: 'Group', rules: groupProperties });
  const order = parseOrderBy(request.options.get('$orderby'), groupProperties, ['displayName'], 'group');
  const matching = engine.tenant.groupOrder.filter(
    (group) =>
      group.deletedAt === null &&
      (!filter || matchesFilter(filter, (name) => readGroupProperty(engine, group, name))),
  );
  const groups = order
    ? sortBy(matching, order, (group) => readGroupProperty(engine, group, order.name))
    : matching;
  return collectionPage(engine, request, contextOf('groups', select), {
    items: (from) => numbered(groups, from),
    view: (group) => viewGroup(engine, group, select),
    allows: ['$select', '$filter', '$orderby', '$top', '$count', '$skiptoken'],
  });
}

/** Users among `ids` as a page; `isCast`: the path ends in microsoft.graph.user. */
function userPage(
  engine: Engine,
  request: GraphRequest,
  ids: readonly string[],
  isCast: boolean,
): GraphResponse {
  if (isCast || request.options.has('$filter')) needAdvancedForCast(engine, request);
  const select = parseSelect(request.options.get('$select'), userProperties, 'user');
  const filter = readFilter(request, { resource: 'User', rules: userProperties });
  function* members(from: number): Generator<readonly [number, Record<string, unknown>]> {
    for (const [position, id] of numbered(ids, from)) {
      const user = engine.tenant.findUser(id);
      const version = user && visibleVersion(engine, user);
      if (user && version) {
        const isMatch =
          !filter || matchesFilter(filter, (name) => readUserProperty(engine, user, version, name));
        if (!isMatch) continue;
        const view = viewUser(engine, user, version, select);
        const shown = sees('user', request.roles) ? view : withholdAll(view);
        yield [position, isCast ? shown : { '@odata.type': '#microsoft.graph.user', ...shown }];
      } else if (!isCast && !filter) {
        const group = engine.tenant.findGroup(id);
        const known = select?.filter((name) => Object.hasOwn(groupProperties, name));
        if (group)
          yield [position, { '@odata.type': '#microsoft.graph.group', ...viewGroup(engine, group, known) }];
      }
    }
  }
  return collectionPage(engine, request, contextOf(isCast ? 'users' : 'directoryObjects', select), {
    items: members,
    view: (view) => view,
    allows: ['$select', '$filter', '$top', '$count', '$skiptoken'],
  });
}

/** The users in a group as the index behind casts has them, which may be behind. */
function indexedUserIds(
  engine: Engine,
  group: GroupRecord,
  name: 'members' | 'transitiveMembers',
  ids: (engine: Engine, group: GroupRecord) => readonly string[],
): readonly string[] {
  const now = ids(engine, group);
  if (engine.settings.advancedIndexLagMs === 0) return now;
  const nested = name === 'members' ? [] : now.filter((id) => engine.tenant.findGroup(id) !== undefined);
  const groups = new Set([group.id, ...nested]);
  return engine.tenant.userOrder
    .filter((user) => indexedVersion(engine, user)?.groupIds.some((id) => groups.has(id)))
    .map(({ id }) => id);
}

function memberRoutes(name: 'members' | 'transitiveMembers', units: number): Route[] {
  const ids = (engine: Engine, group: GroupRecord) => [
    ...(name === 'members' ? visibleMemberIds(engine, group) : transitiveMemberIds(engine, group)),
  ];
  const route = (suffix: string, handle: Route['handle']): Route => ({
    method: 'GET',
    pattern: `/groups/{id}/${name}${suffix}`,
    units,
    roles: name === 'members' ? roles.groupMembers : roles.groupTransitiveMembers,
    handle,
  });
  return [
    route('', (engine, request, params) =>
      userPage(engine, request, ids(engine, findGroup(engine, params.id)), false),
    ),
    route('/microsoft.graph.user', (engine, request, params) =>
      userPage(engine, request, indexedUserIds(engine, findGroup(engine, params.id), name, ids), true),
    ),
    route('/microsoft.graph.group', (engine, request, params) => {
      const inner = ids(engine, findGroup(engine, params.id)).flatMap(
        (id) => engine.tenant.findGroup(id) ?? [],
      );
      return groupPage(engine, request, inner, true);
    }),
  ];
}

const write = { units: 1, isWrite: true } as const;

/** Groups, their members and their licenses. */
export const groupRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/groups', units: 1, roles: roles.readGroups, handle: listGroups },
  {
    ...write,
    method: 'POST',
    pattern: '/groups',
    roles: roles.createGroup,
    handle: (engine, request) => {
      const group = createGroup(engine, readObject(request.body));
      return entity(request, 'groups', viewGroup(engine, group, undefined), 201);
    },
  },
  {
    method: 'GET',
    pattern: '/groups/{id}',
    units: 1,
    roles: roles.readGroups,
    handle: (engine, request, params) => {
      refuseOthers(request.options, ['$select']);
      const select = parseSelect(request.options.get('$select'), groupProperties, 'group');
      const group = findGroup(engine, params.id);
      return entity(request, contextOf('groups', select), viewGroup(engine, group, select));
    },
  },
  {
    ...write,
    method: 'PATCH',
    pattern: '/groups/{id}',
    roles: roles.writeGroups,
    handle: (engine, request, params) => {
      updateGroup(engine, findGroup(engine, params.id), readObject(request.body));
      return { status: 204 };
    },
  },
  {
    ...write,
    method: 'DELETE',
    pattern: '/groups/{id}',
    roles: roles.deleteGroup,
    handle: (engine, _request, params) => {
      deleteGroup(engine, findGroup(engine, params.id));
      return { status: 204 };
    },
  },
  ...memberRoutes('members', 3),
  ...memberRoutes('transitiveMembers', 5),
  {
    method: 'GET',
    pattern: '/groups/{id}/transitiveMemberOf',
    units: 2,
    roles: roles.groupTransitiveMemberOf,
    handle: (engine, request, params) => {
      const group = findGroup(engine, params.id);
      return groupPage(engine, request, withParents(engine.tenant, [group]).slice(1), false);
    },
  },
  {
    method: 'GET',
    pattern: '/groups/{id}/membersWithLicenseErrors',
    units: 1,
    roles: roles.readGroups,
    handle: (engine, request, params) => {
      const failing = [...membersWithErrors(engine, findGroup(engine, params.id))];
      return userPage(
        engine,
        request,
        failing.map(({ id }) => id),
        false,
      );
    },
  },
  {
    ...write,
    method: 'POST',
    pattern: '/groups/{id}/members/$ref',
    roles: roles.writeMembers,
    handle: (engine, request, params) => {
      addMember(engine, findGroup(engine, params.id), readReference(request.body));
      return { status: 204 };
    },
  },
  {
    ...write,
    method: 'DELETE',
    pattern: '/groups/{id}/members/{memberId}/$ref',
    roles: roles.writeMembers,
    handle: (engine, _request, params) => {
      removeMember(engine, findGroup(engine, params.id), params.memberId ?? '');
      return { status: 204 };
    },
  },
  {
    ...write,
    method: 'POST',
    pattern: '/groups/{id}/assignLicense',
    roles: roles.assignToGroups,
    handle: (engine, request, params) => {
      const change = readLicenseChange(request.body);
      const group = findGroup(engine, params.id);
      if (change.addLicenses.length + change.removeLicenses.length === 0) {
        throw new GraphFault(400, 'Request_BadRequest', 'No license changes provided.');
      }
      assignGroupLicense(engine, group, change);
      return { ...entity(request, 'groups', viewGroup(engine, group, undefined)), status: 202 };
    },
  },
];
