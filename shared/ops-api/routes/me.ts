import { z } from 'zod';
import { roles } from '../identity/caller';
import { defineRoute } from '../route';

/** Who the caller is, and what they may do. */
export const me = defineRoute({
  id: 'me',
  method: 'get',
  path: '/me',
  summary: 'Who you are, and what your roles allow',
  role: 'signedIn',
  input: z.object({}),
  answer: z.object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['user', 'app']),
    roles: z.array(z.enum(roles)),
    tenantId: z.string(),
    /** Where new users of the tenant get their addresses; null: Graph has not said it. */
    tenantDomain: z.string().nullable(),
    isLocal: z.boolean(),
    approval: z.enum(['guards', 'always', 'one-person']),
  }),
  handle: async ({ caller, services, isLocal, tenantDomain }) => ({
    ...caller,
    tenantId: services.settings.tenantId,
    tenantDomain: await tenantDomain(),
    isLocal,
    approval: services.settings.approval ?? 'guards',
  }),
});
