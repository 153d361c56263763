import { isoTime } from '../../../emulator-kit/src/clock';
import type { Engine } from '../engine/engine';
import { addMember } from '../engine/groups/change-members';
import { assignLicense } from '../engine/licensing/assign-license';
import type { AssignedLicense } from '../engine/records';
import { addUser } from '../engine/users/write-user';

export type NewcomerInput = {
  readonly id?: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly managerId?: string | null | undefined;
  /** Group ids. */
  readonly memberOf?: readonly string[] | undefined;
  readonly assignedLicenses?: readonly AssignedLicense[] | undefined;
};

export type Newcomer = {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly readableAt: number;
};

/** Puts a user into the tenant as an administrator or directory sync would, past quotas and the write log. */
export function addNewcomer(engine: Engine, input: NewcomerInput): Newcomer {
  const { id, properties, managerId } = input;
  const user = addUser(engine, {
    properties: { createdDateTime: isoTime(engine.clock.now()), ...properties },
    ...(id === undefined ? {} : { id }),
    ...(managerId === undefined ? {} : { managerId }),
  });
  for (const groupId of input.memberOf ?? []) {
    const group = engine.tenant.findGroup(groupId);
    if (group && !group.memberIds.has(user.id)) addMember(engine, group, user.id);
  }
  if (input.assignedLicenses && input.assignedLicenses.length > 0) {
    assignLicense(engine, user, { addLicenses: input.assignedLicenses, removeLicenses: [] }, 'administrator');
  }
  return {
    id: user.id,
    userPrincipalName: String(properties.userPrincipalName),
    readableAt: user.readableAt,
  };
}
