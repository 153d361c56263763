import type { Directory } from '../../graph/directory';
import { GraphError } from '../../graph/refusals/graph-error';
import type { UserId } from '../../kernel/ids';
import { overrideMembers } from '../../kernel/override-members';
import type { Metrics } from '../../observe/metrics';
import { withSpan } from '../../observe/spans';

/** The directory with a span around each call about one user, and with refusals and writes counted. */
export function observeDirectory(directory: Directory, metrics: Metrics): Directory {
  const watched = <Result>(name: string, userId: string, call: () => Promise<Result>) =>
    withSpan(`graph ${name}`, { attributes: { 'licenser.user.id': userId } }, async () => {
      try {
        return await call();
      } catch (error) {
        if (error instanceof GraphError) metrics.refused(error.class);
        throw error;
      }
    });
  const write = async <Result>(name: string, userId: UserId, call: () => Promise<Result>) => {
    const answer = await watched(name, userId, call);
    metrics.written();
    return answer;
  };
  return overrideMembers(directory, {
    readUser: (id, read, signal) => watched('readUser', id, () => directory.readUser(id, read, signal)),
    readGroups: (id, read, signal) => watched('readGroups', id, () => directory.readGroups(id, read, signal)),
    readLicenseDetails: (id, signal) =>
      watched('readLicenseDetails', id, () => directory.readLicenseDetails(id, signal)),
    assignLicense: (id, change, signal) =>
      write('assignLicense', id, () => directory.assignLicense(id, change, signal)),
    setUsageLocation: (id, location, signal) =>
      write('setUsageLocation', id, () => directory.setUsageLocation(id, location, signal)),
  });
}
