import { makeGraphClient, microsoftGraph } from '../graph-client';
import type { GraphDirectoryOptions } from '../graph-directory';
import { GraphTransport } from '../graph-transport';
import { countUsers } from './count-users';

/** What is read of a tenant as a whole, for people who look at it; deciding needs none of it. */
export interface TenantReads {
  /** An estimate, for progress. @throws GraphError */
  countUsers(signal?: AbortSignal): Promise<number>;
}

/** TenantReads over Microsoft Graph v1.0. */
export function makeTenantReads(options: GraphDirectoryOptions): TenantReads {
  const { credential, graphOrigin = microsoftGraph } = options;
  const transport = new GraphTransport(
    makeGraphClient(credential, graphOrigin, { isReadOnly: true }),
    options,
  );
  return { countUsers: (signal) => countUsers(transport, signal) };
}
