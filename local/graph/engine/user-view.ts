import { isoTime } from '../../../shared/kernel/clock';
import type { EngineContext } from './context';
import {
  viewAssignedLicenses,
  viewAssignedPlans,
  viewAssignmentStates,
  viewProvisionedPlans,
} from './license-views';
import type { UserRecord, UserVersion } from './records';
import { userProperties } from './user-properties';

const defaults: readonly string[] = Object.keys(userProperties).filter(
  (name) => userProperties[name]?.isDefault,
);

/** One property as Graph shows it: null when it has never been set, an empty list for lists. */
export function readUserProperty(
  context: EngineContext,
  user: UserRecord,
  version: UserVersion,
  name: string,
): unknown {
  switch (name) {
    case 'id':
      return user.id;
    case 'assignedLicenses':
      return viewAssignedLicenses(version);
    case 'licenseAssignmentStates':
      return viewAssignmentStates(context, version);
    case 'assignedPlans':
      return viewAssignedPlans(context, version);
    case 'provisionedPlans':
      return viewProvisionedPlans(context, user.id, version);
    case 'deletedDateTime':
      return user.deletedAt === null ? null : isoTime(user.deletedAt);
    case 'passwordProfile':
      return null;
    default: {
      const value = version.properties[name];
      if (value !== undefined) return value;
      const kind = userProperties[name]?.kind;
      return kind === 'strings' || kind === 'objects' ? [] : null;
    }
  }
}

/** The selected properties, or the default ones, of a user as `version` has it. */
export function viewUser(
  context: EngineContext,
  user: UserRecord,
  version: UserVersion,
  select: readonly string[] | undefined,
): Record<string, unknown> {
  const view: Record<string, unknown> = {};
  for (const name of select ?? defaults) view[name] = readUserProperty(context, user, version, name);
  return view;
}
