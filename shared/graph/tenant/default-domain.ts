import { z } from 'zod';
import type { GraphTransport } from '../graph-transport';
import { readAll } from '../graph-pages';

/** https://learn.microsoft.com/graph/api/resources/verifieddomain */
const Organization = z.object({
  verifiedDomains: z
    .array(z.object({ name: z.string(), isDefault: z.boolean().nullish() }))
    .nullish()
    .transform((domains) => domains ?? []),
});

/**
 * The domain that new users of the tenant get, such as `contoso.com`; null: Graph names none.
 * https://learn.microsoft.com/graph/api/organization-list
 * @throws GraphError
 */
export async function readDefaultDomain(
  transport: GraphTransport,
  signal?: AbortSignal,
): Promise<string | null> {
  const found = await readAll(transport, '/organization?$select=verifiedDomains', Organization, { signal });
  const domains = found.flatMap(({ verifiedDomains }) => verifiedDomains);
  return (domains.find(({ isDefault }) => isDefault === true) ?? domains[0])?.name ?? null;
}
