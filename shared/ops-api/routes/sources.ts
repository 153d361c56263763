import { z } from 'zod';
import { rotateNow } from '../../ops/sources/rotate-client-state';
import { defineRoute } from '../route';
import { OptionalWhy } from '../schemas';

export const rotateClientState = defineRoute({
  id: 'rotateClientState',
  method: 'post',
  path: '/subscription/rotate',
  summary:
    'Give the client state of Graph’s notifications another value; the one before stays valid for as long as Graph may repeat a call',
  role: 'Operator',
  action: 'subscription/rotate',
  subject: () => 'client state',
  input: z.object({ why: OptionalWhy }),
  answer: z.object({ rotated: z.literal(true), generation: z.number() }),
  handle: ({ services, operator }) => rotateNow(services, operator),
});
