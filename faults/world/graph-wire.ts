import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import type { SendRequest } from '../../shared/graph/send-request';
import type { Looks } from '../judge/looks';
import type { Fault, FaultKind } from '../script/script';
import { userIdOf } from '../script/tenant-model';
import { answer, json, refusal, reset } from './answers';
import { never } from './never';
import type { SimulatedProcess } from './process';
import type { Subscriptions } from './subscriptions';
import type { Weather } from './weather';

const beforeCommit: readonly FaultKind[] = [
  'graph429',
  'graph500',
  'graph503',
  'graphTimeout',
  'graphResetBeforeCommit',
];
const afterCommit: readonly FaultKind[] = ['graphTimeoutAfterCommit', 'graphResetAfterCommit'];
const retryAfterSeconds = 2;

/** What is at the other end of a wire, and what may befall it. */
export type WireWorld = {
  readonly graph: OpenGraph;
  readonly weather: Weather;
  readonly subscriptions: Subscriptions;
  readonly looks: Looks;
};

/** The wire from one process to the tenant: what the product's Graph client sends, and what may befall it. */
export function wireTo(world: WireWorld, process: SimulatedProcess): SendRequest {
  const { graph, weather, subscriptions, looks } = world;
  return async (url, options) => {
    const { method = 'GET' } = options;
    const target = url.slice(new URL(url).origin.length);
    const isWrite = method !== 'GET' && !target.endsWith('/$batch');
    const fits = ({ of, user }: Fault) =>
      (of === undefined || (of === 'write') === isWrite) &&
      (user === undefined || (isWrite && target.includes(userIdOf(user))));
    await process.step();
    const death = isWrite ? weather.take('kill', (fault) => fault.of === 'write' && fits(fault)) : undefined;
    if (death !== undefined && death.nth % 2 === 0) await process.end();
    const before = weather.takeAny(beforeCommit, fits) ?? lostPosition(target, weather);
    if (before !== undefined) return failed(before.kind, options.signal);
    if (isWrite) looks.noteWrite(process.name, target);
    const told = await answerOf(graph, subscriptions, target, options);
    if (!isWrite) looks.noteRead(process.name, target, options.body);
    if (death !== undefined) await process.end();
    await process.step();
    const after = weather.takeAny(afterCommit, fits);
    if (after !== undefined) return failed(after.kind, options.signal);
    return told;
  };
}

function lostPosition(target: string, weather: Weather): Fault | undefined {
  if (!target.includes('deltatoken=') || target.includes('deltatoken=latest')) return undefined;
  if (target.startsWith('/v1.0/users/delta')) return weather.take('lostUserPosition');
  return target.startsWith('/v1.0/groups/delta') ? weather.take('lostGroupPosition') : undefined;
}

async function answerOf(
  graph: OpenGraph,
  subscriptions: Subscriptions,
  target: string,
  { method = 'GET', body, headers: given }: RequestInit,
): Promise<Response> {
  const text = typeof body === 'string' ? body : '';
  const path = '/v1.0/subscriptions';
  if (target.startsWith(path)) return subscriptions.answer(method, target.slice(path.length), text);
  const headers = namesInLowerCase(given);
  const found = await graph.answer({ method, url: target, header: (name) => headers.get(name), text });
  const { status, body: told, headers: own } = found;
  return typeof told === 'string' ? answer(status, told, own) : json(status, told, own);
}

/** The client gives its headers as an object, or as pairs. */
function namesInLowerCase(headers: RequestInit['headers']): ReadonlyMap<string, string> {
  const pairs =
    headers instanceof Headers || Array.isArray(headers) ? [...headers] : Object.entries(headers ?? {});
  return new Map(pairs.map(([name = '', value = '']) => [name.toLowerCase(), String(value)]));
}

/** What the caller gets instead of Graph's answer. */
async function failed(kind: FaultKind, signal: AbortSignal | null | undefined): Promise<Response> {
  switch (kind) {
    case 'graph429':
      return refusal(429, 'TooManyRequests', retryAfterSeconds);
    case 'graph500':
      return refusal(500, 'InternalServerError');
    case 'graph503':
      return refusal(503, 'ServiceUnavailable', retryAfterSeconds);
    case 'lostUserPosition':
    case 'lostGroupPosition':
      return refusal(410, 'syncStateNotFound');
    case 'graphTimeout':
    case 'graphTimeoutAfterCommit':
      return aborted(signal);
    default:
      throw reset();
  }
}

/** No answer comes; the caller gives up when its time is over. */
async function aborted(signal: AbortSignal | null | undefined): Promise<never> {
  if (!signal) return never();
  return new Promise((_resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
