import { z } from 'zod';
import type { GraphTransport } from '../graph-transport';
import { advanced } from '../user-read';

const Count = z.object({ '@odata.count': z.number().int().min(0) });

/**
 * How many users the tenant has, by the index behind counts, which may be some minutes behind: for an estimate.
 * https://learn.microsoft.com/graph/aad-advanced-queries
 * @throws GraphError
 */
export async function countUsers(transport: GraphTransport, signal?: AbortSignal): Promise<number> {
  const path = '/users?$count=true&$top=1&$select=id';
  const { '@odata.count': count } = await transport.read(
    { method: 'GET', path, headers: advanced },
    Count,
    signal,
  );
  return count;
}
