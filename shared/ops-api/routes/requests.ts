import { z } from 'zod';
import { ConcurrencyError, UserError } from '../../kernel/errors';
import { isoTime } from '../../kernel/clock';
import { pageOfAudit } from '../../ops/audit/list-audit';
import { recordAction } from '../../ops/audit/operator';
import { auditResults } from '../../words/audit-entry';
import type { Approval, LongOperation } from '../../store/ports/ops/operator-request';
import type { Stored } from '../../store/ports/record-store';
import { newLongOperation, longOperationOf, toLongOperationView } from '../requests/long-operation';
import { Partly, cursorOf, pageOfRecords, placeOf } from '../requests/pages';
import { toApprovalView } from '../requests/approvals';
import { sendOrLeave } from '../requests/send-or-leave';
import { defineRoute } from '../route';
import type { AnyRoute, OpsContext } from '../route';
import {
  ApprovalView,
  Cursor,
  IsoTime,
  Limit,
  LongOperationView,
  OptionalWhy,
  Why,
  pageOf,
} from '../schemas';

const Id = z.object({ id: z.string().min(1).max(100) });
const Listed = z.object({ limit: Limit, cursor: Cursor });

export const showAudit = defineRoute({
  id: 'showAudit',
  method: 'get',
  path: '/audit',
  summary:
    'Who did what, when, why, and how it ended; newest first. With a filter 2,000 entries are looked at a call, `next` is where to go on',
  role: 'Viewer',
  input: z.object({
    ...Listed.shape,
    since: IsoTime.exactOptional(),
    by: z.string().exactOptional(),
    action: z.string().exactOptional(),
    subject: z.string().exactOptional(),
  }),
  answer: pageOf(
    z.looseObject({
      at: z.string(),
      by: z.string(),
      action: z.string(),
      subject: z.string(),
      result: z.enum(auditResults).optional(),
    }),
  ).extend(Partly),
  async handle(context, { limit = 50, cursor, since, ...filter }) {
    const before = await placeOf(context, 'audit', cursor);
    const place = {
      ...(since === undefined ? {} : { since: Date.parse(since) }),
      ...(before === undefined ? {} : { before }),
    };
    const { entries, next, isPartial } = await pageOfAudit(context.services, { ...filter, ...place }, limit);
    return { items: entries, next: await cursorOf(context, 'audit', next), total: null, isPartial };
  },
});

export const showOperations = defineRoute({
  id: 'showOperations',
  method: 'get',
  path: '/operations',
  summary: 'Long work that was asked for, newest first',
  role: 'Viewer',
  input: z.object({ ...Listed.shape, mine: z.enum(['true', 'false']).exactOptional() }),
  answer: pageOf(LongOperationView).extend(Partly),
  async handle(context, { limit = 50, cursor, mine }) {
    const isMine = ({ value }: Stored<LongOperation>) => value.asker.id === context.caller.id;
    const place = { list: 'operations', cursor, limit };
    const page = await pageOfRecords(
      context,
      context.operations,
      place,
      mine === 'true' ? isMine : undefined,
    );
    return { ...page, items: page.items.map(toLongOperationView) };
  },
});

export const showOperation = defineRoute({
  id: 'showOperation',
  method: 'get',
  path: '/operations/{id}',
  summary: 'How far an operation is, its result, or why it failed',
  role: 'Viewer',
  input: Id,
  answer: LongOperationView,
  async handle({ operations, overview }, { id }) {
    const stored = await operations.read(id);
    if (stored !== undefined) {
      // Another process did it: who waited for its end looks at the overview next.
      if (stored.value.endedAt !== null) overview.forget();
      return toLongOperationView(stored);
    }
    throw new UserError('operation/unknown', `There is no operation ${id}`, {
      hint: 'Operations are kept for a week.',
    });
  },
});

export const showApprovals = defineRoute({
  id: 'showApprovals',
  method: 'get',
  path: '/approvals',
  summary: 'What waits for a second person, newest first',
  role: 'Viewer',
  input: z.object({ ...Listed.shape, state: z.enum(['open', 'all']).exactOptional() }),
  answer: pageOf(ApprovalView).extend(Partly),
  async handle(context, { limit = 50, cursor, state = 'open' }) {
    const now = context.services.clock.now();
    const isOpen = (stored: Stored<Approval>) => expired(stored, now).value.state === 'open';
    const place = { list: 'approvals', cursor, limit };
    const page = await pageOfRecords(
      context,
      context.approvals,
      place,
      state === 'open' ? isOpen : undefined,
    );
    return { ...page, items: page.items.map((stored) => toApprovalView(expired(stored, now))) };
  },
});

function expired(stored: Stored<Approval>, now: number): Stored<Approval> {
  const { value } = stored;
  return value.state === 'open' && value.expiresAt <= now
    ? { ...stored, value: { ...value, state: 'expired' } }
    : stored;
}

async function findOpen({ approvals, services, caller }: OpsContext, id: string): Promise<Stored<Approval>> {
  const found = await approvals.read(id);
  if (found === undefined) {
    throw new UserError('approval/unknown', `There is no request ${id}`, {
      hint: 'List them: licenser approval list.',
    });
  }
  const { value } = expired(found, services.clock.now());
  if (value.state !== 'open') {
    throw new UserError('approval/state', `${id} is ${value.state}`, {
      hint:
        value.state === 'expired'
          ? `It expired at ${isoTime(value.expiresAt)}: ask for it again.`
          : 'Nothing is left to decide.',
    });
  }
  if (value.asker.id === caller.id) {
    throw new UserError('approval/own', `${id} was asked for by you: another person must decide it`, {
      hint: 'Ask a colleague with the role Approver.',
    });
  }
  return found;
}

/** Needs the routes to do what was approved, and is one of them. */
export function approvalRoutes(routes: () => readonly AnyRoute[]) {
  const approve = defineRoute({
    id: 'approve',
    method: 'post',
    path: '/approvals/{id}/approve',
    summary: 'Approve what another person asked for; what would be done is counted anew',
    role: 'Approver',
    action: 'approval/approve',
    subject: ({ id }) => id,
    input: z.object({ ...Id.shape, why: OptionalWhy }),
    answer: ApprovalView,
    async handle(context, { id }) {
      const { services, approvals, operations, operator, caller } = context;
      const stored = await findOpen(context, id);
      const { value } = stored;
      const route = routes().find((one) => one.id === value.route);
      const now = await route?.secondPerson?.(context, value.input);
      if (now === undefined || now.digest !== value.digest || now.count !== value.count) {
        throw new UserError(
          'approval/changed',
          `Since ${id} was asked for, something else would be done: ${now?.text ?? 'nothing'}`,
          {
            hint: 'Ask for it again.',
          },
        );
      }
      const operation = longOperationOf(id);
      const decidedBy = { id: caller.id, name: caller.name, why: operator.why, at: services.clock.now() };
      // First: a process that ends in between leaves an operation that waits for its approval, which is still open.
      const fresh = newLongOperation(services.clock, {
        route: value.route,
        input: value.input,
        asker: value.asker,
        why: value.why,
        requestId: operator.requestId ?? '',
        auditKey: null,
        approvalId: id,
      });
      await operations.create(operation, fresh).catch((error: unknown) => {
        // Left by another approval of the same request. Only the one whose update succeeds counts.
        if (!(error instanceof ConcurrencyError)) throw error;
      });
      const approved = await approvals.update(stored, { ...value, state: 'approved', decidedBy, operation });
      await sendOrLeave(context, operation);
      await recordAction(services, operator, 'approval/approve', id, {
        route: value.route,
        askedBy: value.asker.name,
        askedById: value.asker.id,
        count: value.count,
        operation,
      });
      return toApprovalView(approved);
    },
  });
  const reject = defineRoute({
    id: 'reject',
    method: 'post',
    path: '/approvals/{id}/reject',
    summary: 'Reject what another person asked for',
    role: 'Approver',
    action: 'approval/reject',
    subject: ({ id }) => id,
    input: z.object({ ...Id.shape, why: Why }),
    answer: ApprovalView,
    async handle(context, { id, why }) {
      const { services, approvals, operator, caller } = context;
      const stored = await findOpen(context, id);
      const decidedBy = { id: caller.id, name: caller.name, why, at: services.clock.now() };
      const rejected = await approvals.update(stored, { ...stored.value, state: 'rejected', decidedBy });
      await recordAction(services, operator, 'approval/reject', id, { askedBy: stored.value.asker.name });
      return toApprovalView(rejected);
    },
  });
  return { approve, reject };
}
