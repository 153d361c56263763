import { z } from 'zod';
import { timing } from '../../kernel/timing';
import { isoTime } from '../../kernel/clock';
import { ConcurrencyError, ensureError } from '../../kernel/errors';
import type { Operator } from '../../ops/audit/operator';
import type { Approval, Asker, RememberedAnswer } from '../../store/ports/ops/operator-request';
import type { RecordStore, Stored } from '../../store/ports/record-store';
import { isAllowed } from '../identity/caller';
import type { Caller, Role } from '../identity/caller';
import { OpsProblem, toBody, toProblem } from '../problem';
import { pathParameters } from '../route';
import type { AnyRoute, OpsContext, OpsServices } from '../route';
import { auditAsked, auditDone, auditEnded } from './audit-request';
import type { RequestLimits } from './limits';
import { newLongOperation, idOfRequest, toLongOperationView } from './long-operation';
import { toApprovalView } from './approvals';
import type { JsonBody } from './read-body';
import { sendOrLeave } from './send-or-leave';
import type { SharedAnswers } from './share-answers';
import { digestOf, rememberAnswer } from './remember-answer';
import type { Answer, FirstRequest } from './remember-answer';

export type RouteRequest = {
  readonly ops: OpsServices;
  readonly answers: RecordStore<RememberedAnswer>;
  readonly limits: RequestLimits;
  readonly shared: SharedAnswers;
  readonly caller: Caller;
  readonly via: Asker['via'];
  readonly requestId: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: JsonBody;
  readonly idempotencyKey: string | undefined;
};

/**
 * Role, limits, input, then the work; of a write with its audit entry, and once for an Idempotency-Key.
 * @throws OpsProblem and what the work throws
 */
export async function answerRoute(route: AnyRoute, request: RouteRequest): Promise<Answer> {
  const { limits, caller } = request;
  limits.take(route.method === 'get' ? 'read' : route.action === undefined ? 'read' : 'write', caller.id);
  const input = await readAllowedInput(route, request);
  if (route.action === undefined) {
    const work = () => route.handle(contextOf(request, input), input);
    const body = await request.shared.answer(route, input, () =>
      route.isHeavy ? limits.heavy(caller.id, work) : work(),
    );
    return { status: 200, body };
  }
  const key = z.guid().safeParse(request.idempotencyKey);
  if (!key.success) {
    throw new OpsProblem(400, 'ops/idempotency-key', 'This takes the header Idempotency-Key with a UUID.', {
      hint: 'Make a new one for each action, and repeat the action with the same.',
    });
  }
  const digest = digestOf(route.method, request.path, request.body.text);
  const once = { caller: caller.id, key: key.data, digest };
  return rememberAnswer(request.answers, request.ops.services.clock, once, async (first) => {
    try {
      return await write(route, request, input, first);
    } catch (thrown) {
      const problem = toProblem(thrown);
      return { status: problem.status, body: toBody(problem, request.requestId) };
    } finally {
      request.shared.forget();
      request.ops.overview.forget();
    }
  });
}

/** The input of a caller who has the role that the route takes, or takes for this input. */
async function readAllowedInput(route: AnyRoute, request: RouteRequest): Promise<unknown> {
  const { role } = route;
  if (route.roleFor === undefined) {
    if (role !== 'signedIn') await expectRole(route, request, role);
    return readInput(route, request);
  }
  const parsed = parseInput(route, request);
  // Where the input cannot be read, the route's own role decides who learns what is wrong with it.
  const needs = parsed.success ? route.roleFor(parsed.data) : role;
  if (needs !== 'signedIn') await expectRole(route, request, needs);
  return readInput(route, request);
}

async function expectRole(
  route: AnyRoute,
  { ops, caller, via, requestId, limits }: RouteRequest,
  needs: Role,
) {
  if (isAllowed(caller, needs)) return;
  // One entry a second and caller is enough to see who tried what.
  if (!limits.isUsedUp('write', `audit ${caller.id}`)) {
    limits.take('write', `audit ${caller.id}`);
    await ops.services.audit.record({
      ...identityOf(caller, via, requestId),
      at: ops.services.clock.now(),
      action: route.action ?? `read/${route.id}`,
      subject: route.path,
      why: null,
      facts: { status: 403, needs },
      result: 'refused',
    });
  }
  throw new OpsProblem(403, 'ops/role-missing', `This takes the application role ${needs}.`, {
    hint: `Ask your administrator to assign the role ${needs} of the app registration to you.`,
    members: { needs },
  });
}

function parseInput(route: AnyRoute, { parameters, query, body }: RouteRequest) {
  const own = Object.fromEntries(pathParameters(route.path).map((name) => [name, parameters[name]]));
  const given = route.method === 'get' ? query : body.value;
  return route.input.safeParse(
    typeof given === 'object' && given !== null && !Array.isArray(given) ? { ...given, ...own } : given,
  );
}

function readInput(route: AnyRoute, request: RouteRequest): unknown {
  const parsed = parseInput(route, request);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ at: path.join('.'), message }));
  throw new OpsProblem(
    400,
    'ops/input',
    `The request is not right: ${problems.map(({ at, message }) => `${at === '' ? 'body' : at} ${message}`).join('; ')}`,
    { members: { problems } },
  );
}

async function write(
  route: AnyRoute,
  request: RouteRequest,
  input: unknown,
  first: FirstRequest,
): Promise<Answer> {
  const { services } = request.ops;
  const asking = contextOf(request, input);
  const subject = route.subject?.(input) ?? 'tenant';
  const operator = await auditAsked(services, asking.operator, route.action ?? route.id, subject);
  const context = { ...asking, operator };
  try {
    await route.check?.(context, input);
    if (route.secondPerson !== undefined) {
      return { status: 202, body: { approval: await askForApproval(route, context, request, input, first) } };
    }
    if (route.isLong?.(input)) {
      const operation = await startLongOperation(route, context, request, input, first);
      return { status: 202, body: { operation } };
    }
    const body = await route.handle(context, input);
    // It is done: an audit that cannot say so must not make it look failed, and be done again.
    await auditDone(services, operator).catch((error: unknown) =>
      request.ops.logger.error('The end of an action is not in the audit', {
        error: ensureError(error),
        key: operator.asked.key,
        byId: operator.byId,
        action: route.action,
      }),
    );
    return { status: 200, body };
  } catch (thrown) {
    const problem = toProblem(thrown);
    await auditEnded(services, operator.asked, problem);
    throw problem;
  }
}

async function startLongOperation(
  route: AnyRoute,
  context: OpsContext,
  request: RouteRequest,
  input: unknown,
  first: FirstRequest,
) {
  const { services, operations, operator } = context;
  const id = idOfRequest('op', first);
  // A repetition whose first answer was lost finds what that one stored.
  const stored = await createOnce(
    operations,
    id,
    newLongOperation(services.clock, {
      route: route.id,
      input,
      asker: askerOf(request),
      why: operator.why,
      requestId: request.requestId,
      auditKey: operator.asked?.key ?? null,
      approvalId: null,
    }),
  );
  if (stored.value.state === 'queued') await sendOrLeave(context, id);
  return toLongOperationView(stored);
}

async function createOnce<Value>(
  store: RecordStore<Value>,
  id: string,
  value: Value,
): Promise<Stored<Value>> {
  try {
    return await store.create(id, value);
  } catch (error) {
    const known = error instanceof ConcurrencyError ? await store.read(id) : undefined;
    if (known === undefined) throw error;
    return known;
  }
}

async function askForApproval(
  route: AnyRoute,
  context: OpsContext,
  request: RouteRequest,
  input: unknown,
  first: FirstRequest,
) {
  // Two people: who holds an application's secret could otherwise ask as the application and approve as a person.
  if (request.caller.kind !== 'user') {
    throw new OpsProblem(403, 'approval/person', 'Only a person may ask for what a second person approves.', {
      hint: 'Sign in as a user and ask again.',
    });
  }
  const subject = await route.secondPerson?.(context, input);
  if (subject === undefined) throw new Error(`${route.id} does not say what would be done`);
  const { services, approvals, operator } = context;
  const at = services.clock.now();
  const approval: Approval = {
    route: route.id,
    input,
    asker: askerOf(request),
    why: operator.why ?? '',
    state: 'open',
    askedAt: at,
    expiresAt: at + timing.ops.approval.ms,
    ...subject,
    decidedBy: null,
    operation: null,
  };
  const stored = await createOnce(approvals, idOfRequest('approval', first), approval);
  const { asked } = operator;
  if (asked !== undefined) {
    asked.isCompleted = true;
    await services.audit.amend(asked.key, {
      result: 'done',
      facts: { approval: stored.id, count: subject.count, until: isoTime(approval.expiresAt) },
    });
  }
  return toApprovalView(stored);
}

function contextOf(request: RouteRequest, input: unknown): OpsContext {
  const { ops, caller, via, requestId } = request;
  const why = (input as { readonly why?: unknown }).why;
  const operator: Operator = {
    ...identityOf(caller, via, requestId),
    why: typeof why === 'string' ? why : null,
  };
  return { ...ops, caller, operator, report: () => undefined };
}

function identityOf(caller: Caller, via: Asker['via'], requestId: string) {
  return { by: caller.name, byId: caller.id, role: caller.roles.join(','), via, requestId };
}

function askerOf({ caller, via }: RouteRequest): Asker {
  return { id: caller.id, name: caller.name, kind: caller.kind, roles: [...caller.roles], via };
}
