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
    isLocal: z.boolean(),
    approval: z.enum(['guards', 'always', 'one-person']),
  }),
  handle: async ({ caller, services, isLocal }) => ({
    ...caller,
    tenantId: services.settings.tenantId,
    isLocal,
    approval: services.settings.approval ?? 'guards',
  }),
});
