import type { Engine } from '../engine/engine';
import { GraphFault, malformedRequest } from '../engine/graph-fault';
import { isObject, readObject } from './bodies';
import type { Answer, Dispatcher } from './dispatcher';
import { errorBody } from './error-answer';

type Part = {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly dependsOn: readonly string[];
};

type PartAnswer = {
  readonly id: string;
  readonly status: number;
  readonly headers: object;
  readonly body?: unknown;
};

export type BatchAnswer = {
  readonly responses: readonly PartAnswer[];
  readonly isReset: boolean;
  readonly record: Answer['record'];
};

const most = 20;
const methods: readonly string[] = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];

/**
 * $batch: every part is a request of its own, with its own cost and its own answer, in no order but the one that
 * dependsOn asks for. https://learn.microsoft.com/graph/json-batching
 * @throws GraphFault 400
 */
export async function answerBatch(
  engine: Engine,
  dispatcher: Dispatcher,
  body: unknown,
  authorization: string | undefined,
): Promise<BatchAnswer> {
  const parts = readParts(body);
  const running = new Map<string, Promise<Answer>>();
  const run = async (part: Part): Promise<Answer> => {
    const before = await Promise.all(part.dependsOn.flatMap((id) => running.get(id) ?? []));
    if (before.some((answer) => answer.status >= 400)) return failedDependency(engine);
    return dispatcher.dispatch({
      method: part.method,
      target: part.url,
      header: (name) => (name === 'authorization' ? authorization : part.headers[name]),
      readBody: () => readPartBody(part),
    });
  };
  for (const part of inOrder(parts)) running.set(part.id, run(part));

  const answers = await Promise.all(
    parts.map(async ({ id }) => ({ id, answer: (await running.get(id)) ?? failedDependency(engine) })),
  );
  const responses = answers.map(({ id, answer }) => toPartAnswer(id, answer));
  return {
    responses: shuffle(responses, engine),
    isReset: answers.some(({ answer }) => answer.isReset),
    record: {
      sent: () => {
        for (const { answer } of answers) answer.record?.sent();
      },
    },
  };
}

function toPartAnswer(id: string, answer: Answer): PartAnswer {
  const headers: Record<string, string> = { ...answer.headers, 'Content-Type': 'application/json' };
  const retryAfter = headers['retry-after'];
  if (retryAfter !== undefined) {
    delete headers['retry-after'];
    headers['Retry-After'] = retryAfter;
  }
  return { id, status: answer.status, headers, ...(answer.body === undefined ? {} : { body: answer.body }) };
}

function readParts(body: unknown): Part[] {
  const { requests } = readObject(body);
  if (!Array.isArray(requests) || requests.length === 0) {
    throw malformedRequest('Invalid batch payload format.');
  }
  if (requests.length > most) {
    throw new GraphFault(
      400,
      'MaximumValueExceeded',
      `Number of batch request steps exceeds the maximum value of ${most}.`,
    );
  }
  const parts = requests.map(readPart);
  const ids = new Set(parts.map(({ id }) => id));
  if (ids.size < parts.length) throw malformedRequest('Request id is not unique within the batch.');
  for (const part of parts) {
    const unknown = part.dependsOn.find((id) => !ids.has(id));
    if (unknown !== undefined) {
      throw malformedRequest(`Invalid dependsOn '${unknown}' found in request ${part.id}.`);
    }
  }
  return parts;
}

function readPart(item: unknown): Part {
  if (!isObject(item)) throw malformedRequest('Invalid batch payload format.');
  const { id, method, url, headers, body, dependsOn } = item;
  if (typeof id !== 'string' || id === '') throw malformedRequest('Request id must be a non-empty string.');
  const verb = typeof method === 'string' ? method.toUpperCase() : '';
  if (!methods.includes(verb)) throw malformedRequest(`Invalid method in request ${id}.`);
  if (typeof url !== 'string' || url === '' || /^https?:/i.test(url) || /^\/?\$batch/i.test(url)) {
    throw malformedRequest(`Invalid url in request ${id}: it must be relative to the version, and no batch.`);
  }
  const named = isObject(headers) ? Object.entries(headers) : [];
  const waits = dependsOn === undefined ? [] : dependsOn;
  if (!Array.isArray(waits) || !waits.every((entry) => typeof entry === 'string')) {
    throw malformedRequest(`Invalid dependsOn in request ${id}.`);
  }
  return {
    id,
    method: verb,
    url: url.startsWith('/') ? url : `/${url}`,
    headers: Object.fromEntries(named.map(([name, value]) => [name.toLowerCase(), String(value)])),
    body,
    dependsOn: waits,
  };
}

function readPartBody(part: Part): unknown {
  if (part.body === undefined || part.body === null) return undefined;
  if (!/^application\/json\b/i.test(part.headers['content-type'] ?? '')) {
    throw malformedRequest(
      'Write requests (excluding DELETE) must contain the Content-Type header declaration.',
    );
  }
  return part.body;
}

/**
 * Every part after those it waits for.
 * @throws GraphFault when they wait for each other
 */
function inOrder(parts: readonly Part[]): Part[] {
  const ordered: Part[] = [];
  const placed = new Set<string>();
  let left = [...parts];
  while (left.length > 0) {
    const free = left.filter((part) => part.dependsOn.every((id) => placed.has(id)));
    if (free.length === 0)
      throw malformedRequest('The requests of the batch depend on each other in a circle.');
    for (const part of free) placed.add(part.id);
    ordered.push(...free);
    left = left.filter((part) => !placed.has(part.id));
  }
  return ordered;
}

function failedDependency(engine: Engine): Answer {
  const fault = new GraphFault(424, 'FailedDependency', 'Failed Dependency');
  const ids = { requestId: '', clientRequestId: '', now: engine.clock.now() };
  return { status: 424, headers: {}, body: errorBody(fault, ids), isReset: false, record: undefined };
}

/** Callers have to go by the id: the order of the answers means nothing. */
function shuffle<Item>(items: readonly Item[], engine: Engine): Item[] {
  const keyed = items.map((item) => ({ item, key: engine.random() }));
  return keyed.sort((left, right) => left.key - right.key).map(({ item }) => item);
}
