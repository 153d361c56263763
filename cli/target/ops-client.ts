import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ErrorCode } from '../../shared/kernel/error-codes';
import { PermanentError, TransientError, UserError, ensureError } from '../../shared/kernel/errors';
import { timing } from '../../shared/kernel/timing';
import { showOperation } from '../../shared/ops-api/routes/requests';
import { pathParameters } from '../../shared/ops-api/route';
import type { OpsRoute } from '../../shared/ops-api/route';
import { ApprovalView, LongOperationView } from '../../shared/ops-api/schemas';
import type { Io } from '../io';
import { describeProgress } from '../render/render-long-operation';

/** What a second person must approve first, or the answer. */
export type Asked<Answer> =
  | { readonly kind: 'done'; readonly answer: Answer }
  | { readonly kind: 'approval'; readonly approval: ApprovalView };

export type OpsClient = {
  /** Calls a route; long work is followed to its end. */
  call<Input, Answer>(route: OpsRoute<Input, Answer>, input: Input): Promise<Answer>;
  /** As `call`, for what another person may have to approve. */
  ask<Input, Answer>(route: OpsRoute<Input, Answer>, input: Input): Promise<Asked<Answer>>;
};

const Problem = z.looseObject({
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  hint: z.string().optional(),
  needs: z.string().optional(),
});
const Later = z.object({ operation: LongOperationView.optional(), approval: ApprovalView.optional() });

const mostAttempts = 4;

/** The ops API as the command line uses it: the same declarations of routes as the server's. */
export function makeOpsClient(
  target: { readonly origin: string; readonly token: () => Promise<string> },
  io: Io,
): OpsClient {
  let token: Promise<string> | undefined;
  /** A write is repeated with the same key, so that an answer that was lost is no second action. */
  const send = async (route: OpsRoute<never, unknown>, input: object) => {
    const key = randomUUID();
    for (let attempt = 1; ; attempt++) {
      const answer = await sendOnce(route, input, key).catch((error: unknown) => {
        if (attempt >= mostAttempts || !(error instanceof TransientError)) throw error;
        return undefined;
      });
      if (answer?.status === 401 && attempt === 1) {
        // The token may have been given back or expired: the credential is asked once more.
        token = undefined;
        continue;
      }
      if (answer !== undefined) {
        const isBusy = answer.status === 503 || answer.status === 429 || answer.status === 409;
        const retryAfter = Number(answer.headers.get('retry-after') ?? Number.NaN);
        if (!isBusy || Number.isNaN(retryAfter) || attempt >= mostAttempts) return answer;
        await sleep(Math.min(retryAfter, 10) * 1_000);
      } else await sleep(attempt * 1_000);
    }
  };
  const sendOnce = async (route: OpsRoute<never, unknown>, input: object, key: string) => {
    token ??= target.token();
    const { path, rest } = toRequest(route, input);
    const isGet = route.method === 'get';
    const query = isGet && rest.size > 0 ? `?${new URLSearchParams(textsOf(rest)).toString()}` : '';
    try {
      return await fetch(`${target.origin}/api/ops/v1${path}${query}`, {
        method: route.method.toUpperCase(),
        signal: AbortSignal.timeout(timing.commands.opsRequest.ms),
        headers: {
          authorization: `Bearer ${await token}`,
          ...(isGet ? {} : { 'content-type': 'application/json', 'idempotency-key': key }),
        },
        ...(isGet ? {} : { body: JSON.stringify(Object.fromEntries(rest)) }),
      });
    } catch (thrown) {
      token = undefined;
      if (thrown instanceof UserError) throw thrown;
      const message = `The ops API at ${target.origin} does not answer: ${ensureError(thrown).message}`;
      throw new TransientError('cli/ops-unreachable', message, { cause: thrown });
    }
  };
  const request = async (
    route: OpsRoute<never, unknown>,
    input: object,
  ): Promise<{ status: number; body: unknown }> => {
    const answer = await send(route, input);
    const text = await answer.text();
    if (!answer.ok) throw toError(answer.status, text, target.origin);
    return { status: answer.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  };
  const follow = async (operation: LongOperationView): Promise<unknown> => {
    let current = operation;
    let said = '';
    while (current.state === 'queued' || current.state === 'running') {
      const line = describeProgress(current);
      if (process.stderr.isTTY && line !== said) io.complain(`${line}\n`);
      said = line;
      await sleep(timing.commands.operationPoll.ms);
      const { body } = await request(showOperation, { id: operation.id });
      current = LongOperationView.parse(body);
    }
    if (current.state === 'done') return current.result;
    throw toError(Number(current.problem?.['status'] ?? 500), JSON.stringify(current.problem), target.origin);
  };
  const ask: OpsClient['ask'] = async <Input, Answer>(route: OpsRoute<Input, Answer>, input: Input) => {
    const { status, body } = await request(route, input as object);
    const later = status === 202 ? Later.parse(body) : {};
    if (later.approval !== undefined) return { kind: 'approval', approval: later.approval };
    const answer = later.operation === undefined ? body : await follow(later.operation);
    return { kind: 'done', answer: answer as Answer };
  };
  return {
    ask,
    call: async (route, input) => {
      const asked = await ask(route, input);
      if (asked.kind === 'done') return asked.answer;
      throw new UserError('approval/needed', `${asked.approval.id} awaits approval by another person`);
    },
  };
}

function toRequest(route: OpsRoute<never, unknown>, input: object) {
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  let { path } = route;
  for (const name of pathParameters(route.path)) {
    path = path.replace(`{${name}}`, encodeURIComponent(String(rest.get(name) ?? '')));
    rest.delete(name);
  }
  return { path, rest };
}

function textsOf(values: ReadonlyMap<string, unknown>): Record<string, string> {
  return Object.fromEntries([...values].map(([name, value]) => [name, String(value)]));
}

/** What was asked for and is not possible is a UserError, as in process; what the API itself lacks is not. */
function toError(status: number, text: string, origin: string): Error {
  const problem = Problem.safeParse(readJson(text)).data;
  if (problem === undefined) {
    return new PermanentError('cli/ops-answer', `The ops API at ${origin} answered ${String(status)}`);
  }
  const { detail, hint } = problem;
  // The codes of the app are those of this list, or of a newer version's.
  const code = problem.code as ErrorCode;
  if (status === 401 || status === 403) {
    const local = isLocal(origin) ? ' Here: --as operator, --as approver.' : '';
    return new PermanentError(code, `${detail}${hint === undefined ? '' : `\n  ${hint}`}${local}`);
  }
  if (status >= 500 || status === 429) {
    return new TransientError(code, `${detail}${hint === undefined ? '' : `\n  ${hint}`}`);
  }
  return new UserError(code, detail, hint === undefined ? {} : { hint });
}

function isLocal(origin: string): boolean {
  return origin.startsWith('http:');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
