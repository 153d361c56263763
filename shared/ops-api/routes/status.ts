import { z } from 'zod';
import { showStatus as readStatus } from '../../ops/status/watch-verdict';
import { defineRoute } from '../route';
import { Verdict } from '../schemas';

export const showStatus = defineRoute({
  id: 'showStatus',
  method: 'get',
  path: '/status',
  summary: 'Whether users are being licensed, and what stands against it, the worst first',
  role: 'Viewer',
  isHeavy: true,
  input: z.object({}),
  answer: Verdict,
  handle: ({ services, inspector, status }) => readStatus({ ...status, services, inspector }),
});
