import type { Engine } from '../../engine/engine';
import { unsupportedQuery } from '../../engine/graph-fault';
import { indexedVersion } from '../../engine/history/commit';
import { readGroupProperty, viewGroup } from '../../engine/groups/view-group';
import { directGroups, transitiveGroups } from '../../engine/groups/nesting';
import type { GroupRecord } from '../../engine/records';
import { groupProperties } from '../../engine/users/directory-properties';
import { matchesFilter } from '../../odata/evaluate-filter';
import { parseSelect } from '../../odata/select-expand';
import { collectionPage, contextOf, numbered, readFilter } from '../answers';
import { readIds, readObject } from '../bodies';
import { isAdvanced } from '../graph-request';
import type { GraphRequest, GraphResponse, Route } from '../graph-request';
import { roles, sees, withholdAll } from './roles';
import { seeUser } from './user-reads';

/** A cast needs the advanced query capabilities. https://learn.microsoft.com/graph/aad-advanced-queries */
export function needAdvancedForCast(engine: Engine, request: GraphRequest): void {
  if (engine.settings.castNeedsCount && !isAdvanced(request)) {
    throw unsupportedQuery(
      'Unsupported Query. A cast needs $count=true and the header ConsistencyLevel: eventual.',
    );
  }
}

const options: readonly string[] = ['$select', '$filter', '$top', '$count', '$skiptoken', '$orderby'];

/**
 * Groups as a page. `isCast`: the path ends in microsoft.graph.group.
 * @throws GraphFault 400
 */
export function groupPage(
  engine: Engine,
  request: GraphRequest,
  groups: readonly GroupRecord[],
  isCast: boolean,
): GraphResponse {
  if (isCast || request.options.has('$filter') || request.options.has('$orderby')) {
    needAdvancedForCast(engine, request);
  }
  const select = parseSelect(request.options.get('$select'), groupProperties, 'group');
  const filter = readFilter(request, { resource: 'Group', rules: groupProperties });
  const matching = filter
    ? groups.filter((group) => matchesFilter(filter, (name) => readGroupProperty(engine, group, name)))
    : groups;
  return collectionPage(engine, request, contextOf(isCast ? 'groups' : 'directoryObjects', select), {
    items: (from) => numbered(matching, from),
    view: (group) => {
      const view = {
        ...(isCast ? {} : { '@odata.type': '#microsoft.graph.group' }),
        ...viewGroup(engine, group, select),
      };
      const isSeen = !engine.settings.withholdGroupNames && sees('group', request.roles);
      return isSeen ? view : withholdAll(view);
    },
    allows: options,
  });
}

/** Microsoft's permission data and its page differ about GroupMember.Read.All and the direct memberships of a user. */
const alsoOpenedBy = ({ settings }: Engine): readonly string[] =>
  settings.memberOfOpenedBy === 'groupMemberRead' ? ['GroupMember.Read.All'] : [];

function membershipRoute(name: 'memberOf' | 'transitiveMemberOf', cast: string): Route {
  const find = name === 'memberOf' ? directGroups : transitiveGroups;
  return {
    method: 'GET',
    pattern: `/users/{id}/${name}${cast}`,
    units: 2,
    roles: roles[name],
    ...(name === 'memberOf' ? { alsoOpenedBy } : {}),
    handle: (engine, request, params) => {
      const { user, version } = seeUser(engine, params.id ?? '');
      const indexed = cast === '' ? version : (indexedVersion(engine, user) ?? version);
      return groupPage(engine, request, find(engine.tenant, indexed), cast !== '');
    },
  };
}

const cast = '/microsoft.graph.group';

/** What users and groups are members of. */
export const membershipRoutes: readonly Route[] = [
  membershipRoute('memberOf', ''),
  membershipRoute('memberOf', cast),
  membershipRoute('transitiveMemberOf', ''),
  membershipRoute('transitiveMemberOf', cast),
  {
    method: 'POST',
    pattern: '/users/{id}/checkMemberGroups',
    units: 4,
    roles: roles.checkMemberGroups,
    handle: (engine, request, params) => {
      const asked = readIds(request.body, 'groupIds', 20);
      const { version } = seeUser(engine, params.id ?? '');
      const held = new Set(transitiveGroups(engine.tenant, version).map(({ id }) => id));
      return stringCollection(
        request,
        asked.filter((id) => held.has(id)),
      );
    },
  },
  {
    method: 'POST',
    pattern: '/users/{id}/getMemberGroups',
    units: 2,
    roles: roles.getMemberGroups,
    handle: (engine, request, params) => {
      const onlySecurity = readObject(request.body).securityEnabledOnly === true;
      const { version } = seeUser(engine, params.id ?? '');
      const groups = transitiveGroups(engine.tenant, version).filter(
        ({ properties }) => !onlySecurity || properties.securityEnabled === true,
      );
      return stringCollection(
        request,
        groups.map(({ id }) => id),
      );
    },
  },
];

function stringCollection(request: GraphRequest, value: readonly string[]): GraphResponse {
  return {
    status: 200,
    body: { '@odata.context': `${request.linkBase}/$metadata#Collection(Edm.String)`, value },
  };
}
