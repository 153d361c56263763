import { z } from 'zod';
import { timing } from '../../kernel/timing';
import { grantExtra, neverTouch, releaseExceptions } from '../../ops/exceptions/make-exception';
import { listExceptions } from '../../ops/exceptions/list-exceptions';
import { releaseUndo, undoUser } from '../../ops/exceptions/undo-user';
import { checkLeaver, forgetUser as forget } from '../../ops/users/forget-user';
import { explainLicenses } from '../../ops/users/explain-user';
import { queueForDeciding } from '../../ops/users/queue-for-deciding';
import type { Selection } from '../../ops/users/queue-for-deciding';
import { searchUsers } from '../../ops/users/search-users';
import { showUser as readUser } from '../../ops/users/show-user';
import { userHistory } from '../../ops/users/user-history';
import { cursorOf, placeOf } from '../requests/pages';
import { defineRoute } from '../route';
import { Cursor, IsoTime, Limit, OptionalWhy, Why, pageOf } from '../schemas';

const User = z.object({ user: z.string().min(1).max(400) });
const Changed = z.looseObject({ userId: z.string(), userPrincipalName: z.string().nullable() });
const bySubject = ({ user }: { user: string }) => user;
/** More users than these are not queued within one request. */
const mostAtOnce = 200;

export const findUsers = defineRoute({
  id: 'searchUsers',
  method: 'post',
  path: '/users/search',
  summary: 'Users by the beginning of a name, a family name or an address, or by id; at most 20',
  role: 'Viewer',
  input: z.object({
    text: z.string().trim().min(2).max(200),
    limit: z.number().int().min(1).max(20).exactOptional(),
  }),
  answer: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        userPrincipalName: z.string().nullable(),
        displayName: z.string().nullable(),
        department: z.string().nullable(),
        outcome: z.string().nullable(),
      }),
    ),
    isMore: z.boolean(),
  }),
  handle: ({ services }, { text, limit = 20 }) => searchUsers(services, text, limit),
});

export const showUser = defineRoute({
  id: 'showUser',
  method: 'get',
  path: '/users/{user}',
  summary: 'What a user holds plan by plan, the outcome, and why',
  role: 'Viewer',
  input: User,
  answer: z.looseObject({ id: z.string(), outcome: z.string().nullable() }),
  handle: ({ services }, { user }) => readUser(services, user),
});

export const showTimeline = defineRoute({
  id: 'showTimeline',
  method: 'get',
  path: '/users/{user}/timeline',
  summary: 'What was seen, decided and written for a user, the oldest first; all of it, or page by page',
  role: 'Viewer',
  input: z.object({ ...User.shape, limit: Limit, cursor: Cursor }),
  answer: z.looseObject({
    id: z.string(),
    entries: z.array(z.looseObject({ at: z.string(), step: z.string() })),
    next: z.string().nullable(),
  }),
  async handle(context, { user, limit, cursor }) {
    const history = await userHistory(context.services, user);
    const { id, entries } = history;
    const list = `timeline ${id}`;
    const from = Number((await placeOf(context, list, cursor)) ?? 0);
    const end = from + (limit ?? (cursor === undefined ? Infinity : 50));
    const next = await cursorOf(context, list, end < entries.length ? String(end) : null);
    return { ...history, entries: entries.slice(from, end), next };
  },
});

export const explainUser = defineRoute({
  id: 'explainUser',
  method: 'get',
  path: '/users/{user}/explanation',
  summary: 'Why a user has or lacks each SKU and plan, rule by rule',
  role: 'Viewer',
  input: User,
  answer: z.looseObject({ id: z.string(), rules: z.array(z.looseObject({ name: z.string() })) }),
  handle: ({ services }, { user }) => explainLicenses(services, user),
});

type Applied = { readonly users?: readonly string[]; readonly group?: string };
const selectionOf = ({ users = [], group }: Applied): Selection =>
  group === undefined ? { kind: 'users', users } : { kind: 'group', group };

export const applyUsers = defineRoute({
  id: 'applyUsers',
  method: 'post',
  path: '/users/apply',
  summary: 'Queue users for deciding: each is read again, and the policy decides',
  role: 'Operator',
  action: 'user/apply',
  subject: ({ users = [], group }) =>
    group === undefined
      ? users.length === 1
        ? (users[0] ?? '')
        : `${String(users.length)} users`
      : `group ${group}`,
  isLong: ({ users = [], group }) => group !== undefined || users.length > mostAtOnce,
  input: z
    .object({
      users: z.array(z.string().min(1).max(400)).min(1).max(10_000).exactOptional(),
      group: z.string().min(1).max(400).exactOptional(),
      why: OptionalWhy,
    })
    .refine(({ users, group }) => (users === undefined) !== (group === undefined), {
      message: 'give users or group, one of the two',
    }),
  answer: z.object({
    queued: z.number(),
    users: z.array(z.string()),
    unknown: z.array(z.string()),
    crowd: z.boolean(),
  }),
  handle: ({ services, operator }, input) =>
    queueForDeciding(services, selectionOf(input), { ...operator, why: operator.why ?? 'by command' }),
});

export const undo = defineRoute({
  id: 'undoUser',
  method: 'post',
  path: '/users/{user}/undo',
  summary: 'Take a user back to what was held at a time',
  role: 'Operator',
  action: 'pin/undo',
  subject: bySubject,
  input: z.object({ ...User.shape, to: IsoTime, until: IsoTime.exactOptional(), why: OptionalWhy }),
  answer: Changed,
  handle: ({ services, operator }, { user, to, until }) =>
    undoUser(
      services,
      { user, to: Date.parse(to), until: until === undefined ? null : Date.parse(until) },
      operator,
    ),
});

export const releaseUndone = defineRoute({
  id: 'releaseUndo',
  method: 'post',
  path: '/users/{user}/undo/release',
  summary: 'End an undo: the policy decides again',
  role: 'Operator',
  action: 'pin/release',
  subject: bySubject,
  input: z.object({ ...User.shape, why: OptionalWhy }),
  answer: Changed,
  handle: ({ services, operator }, { user }) => releaseUndo(services, user, operator),
});

export const makeException = defineRoute({
  id: 'makeException',
  method: 'post',
  path: '/users/{user}/exceptions',
  summary: 'Make an exception for a user: nothing is written, or an extra license until a date',
  role: 'Operator',
  action: 'exception/set',
  subject: bySubject,
  input: z
    .object({
      ...User.shape,
      kind: z.enum(['neverTouch', 'extra']),
      sku: z.string().exactOptional(),
      disable: z.array(z.string()).exactOptional(),
      until: IsoTime.exactOptional(),
      why: Why,
    })
    .refine(({ kind, sku, until }) => kind === 'neverTouch' || (sku !== undefined && until !== undefined), {
      message: 'an extra license takes sku and until',
    }),
  answer: Changed,
  handle({ services, operator }, { user, kind, sku = '', disable = [], until, why }) {
    const by = { ...operator, why };
    const end = until === undefined ? null : Date.parse(until);
    return kind === 'neverTouch'
      ? neverTouch(services, { user, until: end }, by)
      : grantExtra(services, { user, sku, disable, until: end ?? 0 }, by);
  },
});

export const releaseException = defineRoute({
  id: 'releaseExceptions',
  method: 'post',
  path: '/users/{user}/exceptions/release',
  summary: 'End the exceptions of a user',
  role: 'Operator',
  action: 'exception/release',
  subject: bySubject,
  input: z.object({ ...User.shape, sku: z.string().exactOptional(), why: OptionalWhy }),
  answer: Changed,
  handle: ({ services, operator }, { user, sku }) =>
    releaseExceptions(services, sku === undefined ? { user } : { user, sku }, operator),
});

export const showExceptions = defineRoute({
  id: 'showExceptions',
  method: 'get',
  path: '/exceptions',
  summary: 'The exceptions that were made for users',
  role: 'Viewer',
  isHeavy: true,
  sharedMs: timing.ops.overview.ms,
  input: z.object({ limit: Limit, cursor: Cursor }),
  answer: pageOf(z.looseObject({ kind: z.string(), userId: z.string(), what: z.string(), by: z.string() })),
  async handle(context, { limit = 50, cursor }) {
    const list = 'exceptions';
    const skip = cursor === undefined ? 0 : Number(await placeOf(context, list, cursor));
    const { items, total } = await listExceptions(context.services, { skip, limit });
    const end = skip + items.length;
    const next = await cursorOf(context, list, end < total ? String(end) : null);
    return { items, next, total: { value: total, exact: true } };
  },
});

export const forgetUser = defineRoute({
  id: 'forgetUser',
  method: 'post',
  path: '/users/{user}/forget',
  summary: 'Delete everything that is stored of a user who has left the directory',
  role: 'Approver',
  action: 'user/forget',
  subject: bySubject,
  // Some tables are read as a whole.
  isLong: () => true,
  input: z.object({ ...User.shape, why: Why }),
  answer: z.object({
    userId: z.string().nullable(),
    rows: z.record(z.string(), z.number()),
    texts: z.number(),
  }),
  check: async ({ services }, { user }) => checkLeaver(services, user),
  handle: ({ services, operator }, { user, why }) => forget(services, user, { ...operator, why }),
});
