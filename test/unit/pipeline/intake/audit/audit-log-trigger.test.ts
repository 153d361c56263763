import type { InvocationContext } from '@azure/functions';
import { expect, it } from '@jest/globals';
import { TransientError, UserError } from '../../../../../shared/kernel/errors';
import { makeAuditLogTrigger } from '../../../../../shared/triggers/audit-log-trigger';

const ignore = () => undefined;
const context = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
} as unknown as InvocationContext;

it.each([
  ['the tables are away', new TransientError('store/unavailable', 'away')],
  ['settings are wrong', new UserError('config/invalid', 'wrong')],
])('gives the batch back to the host when %s: its place in the hub stays', async (_what, error) => {
  const handle = makeAuditLogTrigger(
    () => Promise.reject(error),
    async () => undefined,
  );

  await expect(handle([{ records: [] }], context)).rejects.toBe(error);
});
