import { z } from 'zod';
import { showStatus as readStatus } from '../../ops/status/watch-verdict';
import { defineRoute } from '../route';
import { verdicts } from '../../ops/status/cause';

export const showStatus = defineRoute({
  id: 'showStatus',
  method: 'get',
  path: '/status',
  summary: 'Whether users are being licensed, and what stands against it, the worst first',
  role: 'Viewer',
  isHeavy: true,
  input: z.object({}),
  answer: z.object({
    verdict: z.enum(verdicts),
    since: z.string().nullable(),
    causes: z.array(
      z.object({
        code: z.string(),
        since: z.string().nullable(),
        users: z.number().nullable(),
        text: z.string(),
        todo: z.string(),
        subject: z.string().optional(),
        action: z.string().optional(),
      }),
    ),
  }),
  handle: ({ services, inspector, status }) => readStatus({ ...status, services, inspector }),
});
