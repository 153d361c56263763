import { createHash } from 'node:crypto';
import { ConcurrencyError, TransientError, UserError, ensureError } from '../../kernel/errors';
import { timing } from '../../kernel/timing';
import type { AskedEntry, Operator } from '../../ops/audit/operator';
import type { LongOperation } from '../../store/ports/ops/operator-request';
import type { Stored } from '../../store/ports/record-store';
import { toBody, toProblem } from '../problem';
import type { AnyRoute, OpsServices } from '../route';
import { endLongOperation } from './end-long-operation';
import { auditAsked, auditDone, auditEnded } from './audit-request';
import { findApproved } from './find-approved';
import type { Approved } from './find-approved';

/**
 * Does an operation that a person asked for. Its message may come twice, and a process may end in between: only one
 * works at a time, and one that has not reported for a minute is begun anew. Routes that are long bear that: what they
 * did before is found, not done twice.
 * @throws TransientError when the tables are away, or another process works on it: the message comes again
 */
export async function runLongOperation(
  ops: OpsServices,
  routes: readonly AnyRoute[],
  id: string,
): Promise<void> {
  const { services, operations, logger } = ops;
  const { clock } = services;
  const queued = await operations.read(id);
  if (queued === undefined || isEnded(queued)) return;
  let approved: Approved;
  try {
    approved = await findApproved(ops, queued);
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    logger.warn('An operation is not done: it was not approved', { operation: id, error: thrown });
    await refuse(ops, queued, thrown);
    return;
  }
  if (approved.kind === 'undecided') return;
  const begun = await take(ops, id);
  if (begun === undefined) return;
  const route = routes.find((one) => one.id === begun.value.route);
  const { taken, operator } = await nameOperator(ops, begun, approved, route);
  const { asker, requestId } = taken.value;
  const heart = makeHeart(ops, taken);
  let end: Pick<LongOperation, 'state' | 'result' | 'problem'>;
  try {
    if (route === undefined) throw new Error(`This version of the app has no route ${taken.value.route}`);
    const caller = { id: asker.id, name: asker.name, kind: asker.kind, roles: asker.roles };
    // The same id at every attempt, so that what it opens is found again.
    const name = createHash('sha256').update(id).digest('hex');
    const own = { ...services, newId: () => name };
    const context = { ...ops, services: own, caller, operator, report: heart.report };
    const approval = approved.kind === 'approved' ? { approved: approved.approval } : {};
    const result = await route.handle({ ...context, ...approval }, taken.value.input);
    await auditDone(services, operator);
    end = { state: 'done', result, problem: null };
  } catch (thrown) {
    if (thrown instanceof TransientError) {
      await heart.stop();
      throw thrown;
    }
    const problem = toProblem(thrown);
    if (problem.status >= 500)
      logger.error('An operation failed', { operation: id, error: ensureError(thrown) });
    await auditEnded(services, operator.asked, problem);
    end = { state: 'failed', result: null, problem: { ...toBody(problem, requestId) } };
  }
  const last = await heart.stop();
  if (last === undefined) {
    logger.warn('An operation is left to the process that took it over', { operation: id });
    return;
  }
  await endLongOperation(ops, last, { ...end, endedAt: clock.now() });
}

/** Who asked, with the entry of the audit: what was approved gets its own before its work begins. */
async function nameOperator(
  { services, operations }: OpsServices,
  taken: Stored<LongOperation>,
  approved: Approved,
  route: AnyRoute | undefined,
): Promise<{
  readonly taken: Stored<LongOperation>;
  readonly operator: Operator & { readonly asked: AskedEntry };
}> {
  const { asker, why, requestId, auditKey, approvalId, input } = taken.value;
  const operator: Operator = {
    by: asker.name,
    byId: asker.id,
    role: asker.roles.join(','),
    via: asker.via,
    requestId,
    why,
  };
  const facts =
    approved.kind === 'approved'
      ? {
          approval: approvalId,
          approvedBy: approved.approval.decidedBy?.name,
          approvedById: approved.approval.decidedBy?.id,
        }
      : {};
  if (auditKey !== null)
    return { taken, operator: { ...operator, asked: { key: auditKey, isCompleted: false, facts } } };
  const recorded = await auditAsked(
    services,
    operator,
    route?.action ?? taken.value.route,
    route?.subject?.(input) ?? 'tenant',
    facts,
  );
  const stored = await operations.update(taken, { ...taken.value, auditKey: recorded.asked.key });
  return { taken: stored, operator: recorded };
}

/** Ends an operation that must not be done. */
async function refuse({ services, operations }: OpsServices, stored: Stored<LongOperation>, error: unknown) {
  const problem = { ...toBody(toProblem(error), stored.value.requestId) };
  const endedAt = services.clock.now();
  await operations.update(stored, { ...stored.value, state: 'failed', problem, endedAt });
}

function isEnded({ value: { state } }: Stored<LongOperation>): boolean {
  return state === 'done' || state === 'failed';
}

/** undefined: there is nothing to do any more. */
async function take(
  { services, operations }: OpsServices,
  id: string,
): Promise<Stored<LongOperation> | undefined> {
  const { clock } = services;
  for (;;) {
    const stored = await operations.read(id);
    if (stored === undefined || isEnded(stored)) return undefined;
    const now = clock.now();
    if (stored.value.state === 'running' && now - (stored.value.beatAt ?? 0) < timing.ops.operationTaken.ms) {
      throw new TransientError('ops/operation-taken', `Another process works on operation ${id}`);
    }
    try {
      return await operations.update(stored, {
        ...stored.value,
        state: 'running',
        startedAt: stored.value.startedAt ?? now,
        beatAt: now,
        attempts: stored.value.attempts + 1,
      });
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }
}

/** Reports progress, and that the process is alive, one write at a time. */
function makeHeart({ services, operations }: OpsServices, taken: Stored<LongOperation>) {
  const { clock } = services;
  let stored = taken;
  let progress = taken.value.progress;
  let writing = Promise.resolve();
  let isStopped = false;
  let isLost = false;
  const beat = () => {
    writing = writing.then(async () => {
      if (isStopped || isLost) return;
      try {
        stored = await operations.update(stored, { ...stored.value, progress, beatAt: clock.now() });
      } catch {
        // A missed beat is made up for by the next one; the last write of the operation is not guarded by this.
        const current = await operations.read(stored.id).catch(() => undefined);
        if (current === undefined) return;
        if (current.value.attempts === taken.value.attempts) stored = current;
        // Another process has begun it anew: its row is not to be written by this one.
        else isLost = true;
      }
    });
  };
  const timer = setInterval(beat, timing.ops.operationBeat.ms);
  let lastBeat = 0;
  return {
    report: (done: number, total: number) => {
      progress = { done, total };
      if (clock.now() - lastBeat < 1_000) return;
      lastBeat = clock.now();
      beat();
    },
    /** undefined: another process does the operation now. */
    stop: async (): Promise<Stored<LongOperation> | undefined> => {
      clearInterval(timer);
      await writing;
      isStopped = true;
      if (isLost) return undefined;
      return { ...stored, value: { ...stored.value, progress } };
    },
  };
}
