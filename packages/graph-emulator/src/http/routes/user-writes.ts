import { assignLicense } from '../../engine/licensing/assign-license';
import type { Engine } from '../../engine/engine';
import { directoryRefusal, resourceNotFound, restricted } from '../../engine/graph-fault';
import { reprocessUser } from '../../engine/licensing/group-licensing';
import type { UserRecord } from '../../engine/records';
import { createUser, deleteUser, setManager, updateUser } from '../../engine/users/write-user';
import { viewLicensedUser, viewUser } from '../../engine/users/view-user';
import { entity, entityContext } from '../answers';
import { readLicenseChange, readObject, readReference } from '../bodies';
import type { Route } from '../graph-request';
import { roles } from './roles';

/**
 * The user a write is for; writes are not stale.
 * @throws GraphFault 404
 */
function writableUser(engine: Engine, idOrName: string): UserRecord {
  const user = engine.tenant.findUser(idOrName);
  if (!user || engine.clock.now() < user.readableAt) throw resourceNotFound(idOrName);
  if (engine.settings.restrictedUsers.includes(user.id)) throw restricted();
  return user;
}

const write = { units: 1, isWrite: true } as const;

/** Writes to users and their managers. */
export const userWriteRoutes: readonly Route[] = [
  {
    ...write,
    method: 'POST',
    pattern: '/users',
    roles: roles.createUser,
    kind: 'user',
    handle: (engine, request) => {
      const user = createUser(engine, readObject(request.body));
      return entity(request, 'users', viewUser(engine, user, user.version, undefined), 201);
    },
  },
  {
    ...write,
    method: 'PATCH',
    pattern: '/users/{id}',
    roles: roles.updateUser,
    kind: 'user',
    handle: (engine, request, params) => {
      updateUser(engine, writableUser(engine, params.id ?? ''), readObject(request.body));
      return { status: 204 };
    },
  },
  {
    ...write,
    method: 'DELETE',
    pattern: '/users/{id}',
    roles: roles.deleteUser,
    kind: 'user',
    handle: (engine, _request, params) => {
      deleteUser(engine, writableUser(engine, params.id ?? ''));
      return { status: 204 };
    },
  },
  {
    ...write,
    method: 'POST',
    pattern: '/users/{id}/assignLicense',
    roles: roles.assignToUsers,
    kind: 'assignLicense',
    handle: (engine, request, params) => {
      const change = engine.licenses.share(readLicenseChange(request.body));
      const user = writableUser(engine, params.id ?? '');
      assignLicense(engine, user, change);
      return { status: 200, body: viewLicensedUser(user, entityContext(request, 'users')), change };
    },
  },
  {
    ...write,
    method: 'POST',
    pattern: '/users/{id}/reprocessLicenseAssignment',
    roles: roles.reprocess,
    kind: 'user',
    handle: (engine, request, params) => {
      const user = writableUser(engine, params.id ?? '');
      const refusal = reprocessUser(engine, user);
      if (refusal !== undefined) throw directoryRefusal(refusal);
      return { status: 200, body: viewLicensedUser(user, entityContext(request, 'users')) };
    },
  },
  {
    ...write,
    method: 'PUT',
    pattern: '/users/{id}/manager/$ref',
    roles: roles.writeManager,
    kind: 'user',
    handle: (engine, request, params) => {
      const user = writableUser(engine, params.id ?? '');
      const manager = writableUser(engine, readReference(request.body));
      setManager(engine, user, manager.id);
      return { status: 204 };
    },
  },
  {
    ...write,
    method: 'DELETE',
    pattern: '/users/{id}/manager/$ref',
    roles: roles.writeManager,
    kind: 'user',
    handle: (engine, _request, params) => {
      setManager(engine, writableUser(engine, params.id ?? ''), null);
      return { status: 204 };
    },
  },
];
