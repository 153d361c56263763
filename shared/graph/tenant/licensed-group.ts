import { z } from 'zod';
import type { GroupId } from '../../kernel/ids';
import { Group } from '../answer-schemas';
import type { GraphTransport } from '../graph-transport';
import { GraphError } from '../refusals/graph-error';

export type LicensedGroup = {
  readonly id: GroupId;
  /** null: the token may not read it. */
  readonly displayName: string | null;
  /** Of a dynamic group; null: it has none. */
  readonly membershipRule: string | null;
};

const Answer = Group.extend({ membershipRule: z.string().nullish() });

/**
 * A group with its rule. https://learn.microsoft.com/graph/api/group-get
 * @returns undefined: Graph does not know it
 * @throws GraphError
 */
export async function readLicensedGroup(
  transport: GraphTransport,
  id: GroupId,
  signal?: AbortSignal,
): Promise<LicensedGroup | undefined> {
  const path = `/groups/${id}?$select=id,displayName,membershipRule`;
  try {
    const found = await transport.read({ method: 'GET', path }, Answer, signal);
    const rule = found.membershipRule ?? '';
    return { id, displayName: found.displayName ?? null, membershipRule: rule.trim() === '' ? null : rule };
  } catch (error) {
    if (error instanceof GraphError && error.class === 'gone') return undefined;
    throw error;
  }
}
