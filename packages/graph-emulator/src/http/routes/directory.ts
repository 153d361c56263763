import { isoTime } from '../../../../emulator-kit/src/clock';
import type { Engine } from '../../engine/engine';
import { resourceNotFound } from '../../engine/graph-fault';
import type { GroupRecord, UserRecord } from '../../engine/records';
import { viewGroup } from '../../engine/groups/view-group';
import { purgeGroup, restoreGroup } from '../../engine/groups/write-group';
import { purgeUser, restoreUser } from '../../engine/users/write-user';
import { userProperties } from '../../engine/users/directory-properties';
import type { PropertyRule } from '../../engine/users/directory-properties';
import { viewUser } from '../../engine/users/view-user';
import { matchesFilter } from '../../odata/evaluate-filter';
import { parseSelect } from '../../odata/select-expand';
import { collectionPage, contextOf, entity, numbered, readFilter, refuseOthers } from '../answers';
import type { Route } from '../graph-request';
import { pickSelected } from '../pick-selected';
import { roles } from './roles';

function deletedUser(engine: Engine, id: string | undefined): UserRecord {
  const user = engine.tenant.users.get((id ?? '').toLowerCase());
  if (!user || user.deletedAt === null) throw resourceNotFound(id ?? '');
  return user;
}

/** undefined: no group that was deleted has this id. */
function deletedGroup(engine: Engine, id: string | undefined): GroupRecord | undefined {
  const group = engine.tenant.groups.get((id ?? '').toLowerCase());
  return group !== undefined && group.deletedAt !== null ? group : undefined;
}

const auditProperties: Readonly<Record<string, PropertyRule>> = {
  activityDisplayName: { kind: 'string', filter: 'basic' },
  activityDateTime: { kind: 'dateTime', filter: 'basic' },
  loggedByService: { kind: 'string', filter: 'basic' },
  category: { kind: 'string', filter: 'basic' },
  result: { kind: 'string', filter: 'basic' },
  correlationId: { kind: 'string', filter: 'basic' },
  targetResources: { kind: 'objects', filter: 'basic' },
  initiatedBy: { kind: 'object', filter: 'basic' },
};

const deletedItems = '/directory/deletedItems';

/** Organization, SKUs, audit log, deleted items and service principals. */
export const directoryRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: `${deletedItems}/microsoft.graph.user`,
    units: 1,
    roles: roles.readDeleted,
    handle: (engine, request) => {
      const select = parseSelect(request.options.get('$select'), userProperties, 'user');
      const deleted = engine.tenant.userOrder.filter((user) => user.deletedAt !== null && !user.isGone);
      return collectionPage(engine, request, contextOf('users', select), {
        items: (from) => numbered(deleted, from),
        view: (user) => viewUser(engine, user, user.version, select),
        allows: ['$select', '$top', '$count', '$skiptoken'],
      });
    },
  },
  {
    method: 'GET',
    pattern: `${deletedItems}/{id}`,
    units: 1,
    roles: roles.readDeleted,
    handle: (engine, request, params) => {
      refuseOthers(request.options, ['$select']);
      const select = parseSelect(request.options.get('$select'), userProperties, 'user');
      const user = deletedUser(engine, params.id);
      const view = viewUser(engine, user, user.version, select);
      return entity(request, 'directoryObjects', { '@odata.type': '#microsoft.graph.user', ...view });
    },
  },
  {
    method: 'POST',
    pattern: `${deletedItems}/{id}/restore`,
    units: 1,
    isWrite: true,
    roles: roles.restoreUser,
    kind: 'user',
    handle: (engine, request, params) => {
      const group = deletedGroup(engine, params.id);
      if (group !== undefined) {
        restoreGroup(engine, group);
        const view = viewGroup(engine, group, undefined);
        return entity(request, 'directoryObjects', { '@odata.type': '#microsoft.graph.group', ...view });
      }
      const user = deletedUser(engine, params.id);
      restoreUser(engine, user);
      const view = viewUser(engine, user, user.version, undefined);
      return entity(request, 'directoryObjects', { '@odata.type': '#microsoft.graph.user', ...view });
    },
  },
  {
    method: 'DELETE',
    pattern: `${deletedItems}/{id}`,
    units: 1,
    isWrite: true,
    roles: roles.deleteUser,
    kind: 'user',
    handle: (engine, _request, params) => {
      const group = deletedGroup(engine, params.id);
      if (group === undefined) purgeUser(engine, deletedUser(engine, params.id));
      else purgeGroup(engine, group);
      return { status: 204 };
    },
  },
  {
    method: 'GET',
    pattern: '/organization',
    units: 1,
    roles: roles.readOrganization,
    handle: (engine, request) => {
      refuseOthers(request.options, ['$select']);
      const value = [pickSelected(viewOrganization(engine), request.options, 'organization')];
      return { status: 200, body: { '@odata.context': `${request.linkBase}/$metadata#organization`, value } };
    },
  },
  {
    method: 'GET',
    pattern: '/organization/{id}',
    units: 1,
    roles: roles.readOrganization,
    handle: (engine, request, params) => {
      refuseOthers(request.options, ['$select']);
      if (params.id?.toLowerCase() !== engine.tenant.facts.tenantId) throw resourceNotFound(params.id ?? '');
      return entity(
        request,
        'organization',
        pickSelected(viewOrganization(engine), request.options, 'organization'),
      );
    },
  },
  {
    method: 'GET',
    pattern: '/auditLogs/directoryAudits',
    units: 1,
    service: 'reports',
    roles: roles.readAudits,
    handle: (engine, request) => {
      const filter = readFilter(request, { resource: 'DirectoryAudit', rules: auditProperties });
      const events = [...engine.audit.newestFirst()].filter(
        (event) => !filter || matchesFilter(filter, (name) => event[name]),
      );
      return collectionPage(engine, request, 'auditLogs/directoryAudits', {
        items: (from) => numbered(events, from),
        view: (event) => event,
        allows: ['$filter', '$top', '$skiptoken'],
      });
    },
  },
];

/** https://learn.microsoft.com/graph/api/resources/organization */
function viewOrganization(engine: Engine): Record<string, unknown> {
  const { tenantId, displayName, domains, countryLetterCode } = engine.tenant.facts;
  const isSynced = engine.tenant.userOrder.some(
    ({ version }) => version.properties.onPremisesSyncEnabled === true,
  );
  return {
    id: tenantId,
    deletedDateTime: null,
    businessPhones: [],
    city: null,
    country: null,
    countryLetterCode,
    createdDateTime: isoTime(Date.UTC(2016, 3, 1)),
    displayName,
    onPremisesSyncEnabled: isSynced ? true : null,
    onPremisesLastSyncDateTime: isSynced ? isoTime(engine.clock.now()) : null,
    tenantType: 'AAD',
    verifiedDomains: domains.map((name, index) => ({
      capabilities: 'Email, OfficeCommunicationsOnline',
      isDefault: index === 0,
      isInitial: name.endsWith('.onmicrosoft.com'),
      name,
      type: 'Managed',
    })),
  };
}
