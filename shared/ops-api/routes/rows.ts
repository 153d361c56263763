import { z } from 'zod';
import { findUnreadable, toView } from '../../ops/rows/list-unreadable';
import { repairRows } from '../../ops/rows/repair-rows';
import { restoreActive as restorePointer, restorePolicy as restoreText } from '../../ops/rows/restore-policy';
import { defineRoute } from '../route';
import { OptionalWhy } from '../schemas';

/** More than these are not put aside within one request. */
const mostAtOnce = 50;

export const showUnreadableRows = defineRoute({
  id: 'showUnreadableRows',
  // It reads whole tables: a person asks for it, and no page polls it.
  method: 'post',
  path: '/rows/unreadable',
  summary: 'Look through the tables for rows that cannot be read, and what the product does without them',
  role: 'Viewer',
  isHeavy: true,
  input: z.object({}),
  answer: z.array(z.object({ row: z.string(), problem: z.string(), effect: z.string() })),
  handle: async ({ services }) => (await findUnreadable(services)).map(toView),
});

export const repairStoredRows = defineRoute({
  id: 'repairRows',
  method: 'post',
  path: '/rows/repair',
  summary: 'Put rows that cannot be read aside, so that the product makes anew what it needs',
  role: 'Operator',
  action: 'row/repair',
  subject: ({ rows }) => (rows === undefined ? 'all' : (rows[0] ?? '')),
  isLong: ({ rows }) => rows === undefined || rows.length > mostAtOnce,
  input: z
    .object({
      rows: z.array(z.string().min(1).max(1_500)).min(1).max(1_000).exactOptional(),
      all: z.literal(true).exactOptional(),
      why: OptionalWhy,
    })
    .refine(({ rows, all }) => (rows === undefined) === (all === true), {
      message: 'give rows or all, one of the two',
    }),
  answer: z.object({
    repaired: z.array(z.string()),
    left: z.array(z.object({ row: z.string(), why: z.string() })),
  }),
  handle: ({ services, operator }, { rows }) =>
    repairRows(services, rows === undefined ? { all: true } : { rows }, operator),
});

export const restorePolicy = defineRoute({
  id: 'restorePolicy',
  method: 'post',
  path: '/rows/policy',
  summary: 'Store the text of a policy again whose row is gone or cannot be read',
  role: 'Operator',
  action: 'policy/restore',
  subject: ({ file }) => file ?? 'policy',
  input: z.object({
    text: z.string().min(1).max(900_000),
    file: z.string().max(400).exactOptional(),
    why: OptionalWhy,
  }),
  answer: z.object({ hash: z.string() }),
  handle: ({ services, operator }, { text, file = 'policy' }) =>
    restoreText(services, { text, file }, operator),
});

export const restoreActive = defineRoute({
  id: 'restoreActivePolicy',
  method: 'post',
  path: '/rows/active-policy',
  summary: 'Say again which stored policy is active, after the row that said so was lost',
  role: 'Approver',
  action: 'policy/pointer-restore',
  subject: ({ hash }) => hash,
  input: z.object({ hash: z.string().min(4).max(64), why: OptionalWhy }),
  answer: z.object({ hash: z.string() }),
  handle: ({ services, operator }, { hash }) => restorePointer(services, hash, operator),
});
