import type { ApprovalView, LongOperationView } from '../../shared/ops-api/schemas';
import { accessToken, sessionEnded } from '../session/session';
import { ApiProblem, notSignedIn, readProblem, unreachable } from './problem';
import { prepareCall } from './routes';
import type { Answer, Input, PreparedCall, RouteName } from './routes';

const base = '/api/ops/v1';
/** Longer than the API takes to give up by itself (25 s). */
const patienceMs = 40_000;
const cachedAtMost = 60;

type Cached = { readonly etag: string; readonly body: unknown };
/** Answers that are sent again only when they changed, the oldest first. */
const cache = new Map<string, Cached>();

async function send(call: PreparedCall, headers: Readonly<Record<string, string>>): Promise<Response> {
  const token = accessToken();
  if (token === null) {
    sessionEnded.value = true;
    throw notSignedIn();
  }
  let response: Response;
  try {
    response = await fetch(`${base}${call.path}`, {
      method: call.method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(call.body === undefined ? {} : { body: call.body }),
      // The answer to "if none match" must be this page's to see.
      cache: 'no-store',
      signal: AbortSignal.timeout(patienceMs),
    });
  } catch {
    throw unreachable();
  }
  if (response.ok || response.status === 304) return response;
  const problem = await readProblem(response);
  if (problem.status === 401) sessionEnded.value = true;
  throw problem;
}

/** Another tab of the same person may have used up what one caller may ask for at once: it is asked again so often. */
const mostRepeats = 3;

/**
 * Reads by a route; also by a POST that changes nothing, such as a search.
 * @throws ApiProblem
 */
export async function read<Name extends RouteName>(name: Name, input: Input<Name>): Promise<Answer<Name>> {
  for (let repeats = 0; ; repeats++) {
    try {
      return await readOnce(name, input);
    } catch (thrown) {
      const isBusy = thrown instanceof ApiProblem && thrown.status === 429 && repeats < mostRepeats;
      if (!isBusy) throw thrown;
      const waitMs = (thrown.retryAfterSeconds ?? 1) * 1_000;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

async function readOnce<Name extends RouteName>(name: Name, input: Input<Name>): Promise<Answer<Name>> {
  const call = prepareCall(name, input as Readonly<Record<string, unknown>>);
  const known = call.method === 'GET' ? cache.get(call.path) : undefined;
  const response = await send(call, known === undefined ? {} : { 'if-none-match': known.etag });
  if (response.status === 304 && known !== undefined) return known.body as Answer<Name>;
  const body = (await response.json()) as Answer<Name>;
  const etag = response.headers.get('etag');
  if (call.method === 'GET' && etag !== null) {
    cache.delete(call.path);
    cache.set(call.path, { etag, body });
    for (const oldest of cache.keys()) {
      if (cache.size <= cachedAtMost) break;
      cache.delete(oldest);
    }
  }
  return body;
}

/** What came of an action: done, or taken on as an operation, or it waits for a second person. */
export type Acted<Done> =
  | { readonly kind: 'done'; readonly answer: Done }
  | { readonly kind: 'operation'; readonly operation: LongOperationView }
  | { readonly kind: 'approval'; readonly approval: ApprovalView };

/**
 * Acts by a route. The same `key` (a UUID) gives the first answer again, so a repetition acts once.
 * @throws ApiProblem
 */
export async function act<Name extends RouteName>(
  name: Name,
  input: Input<Name>,
  key: string,
): Promise<Acted<Answer<Name>>> {
  const call = prepareCall(name, input as Readonly<Record<string, unknown>>);
  const response = await send(call, { 'idempotency-key': key });
  const body: unknown = await response.json();
  if (response.status !== 202) return { kind: 'done', answer: body as Answer<Name> };
  const later = body as { operation?: LongOperationView; approval?: ApprovalView };
  if (later.operation !== undefined) return { kind: 'operation', operation: later.operation };
  if (later.approval !== undefined) return { kind: 'approval', approval: later.approval };
  throw new Error('An answer 202 names an operation or an approval');
}

/** Forgets what another person may see. */
export function forgetAnswers(): void {
  cache.clear();
}
