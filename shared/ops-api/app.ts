import { createHash, randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { ensureError } from '../kernel/errors';
import { timing } from '../kernel/timing';
import type { RememberedAnswer } from '../store/ports/ops/operator-request';
import type { RecordStore } from '../store/ports/record-store';
import type { VerifyToken } from './identity/verify-token';
import { describeRoutes } from './openapi';
import { OpsProblem, toBody, toProblem } from './problem';
import { answerRoute } from './requests/answer-route';
import type { Answer } from './requests/remember-answer';
import { RequestLimits } from './requests/limits';
import { readJsonBody } from './requests/read-body';
import { SharedAnswers } from './requests/share-answers';
import type { AnyRoute, OpsServices } from './route';
import { routes } from './routes/all-routes';

export const basePath = '/api/ops/v1';
const longestUrl = 2_048;

export type OpsAppOptions = {
  readonly ops: OpsServices;
  readonly answers: RecordStore<RememberedAnswer>;
  readonly verify: VerifyToken;
};

export type OpsApp = { fetch(request: Request): Promise<Response> };

/**
 * The ops API: https://www.rfc-editor.org/rfc/rfc9457 problems, OpenAPI at `/openapi.json`. Everything but the document
 * takes an access token; nothing else about a request, such as `x-ms-client-principal`, says who calls.
 */
export function makeOpsApp(options: OpsAppOptions): OpsApp {
  const app = new OpenAPIHono();
  const limits = new RequestLimits(options.ops.services.clock);
  const shared = new SharedAnswers(options.ops.services.clock);
  let document: ReturnType<typeof describeApi> | undefined;
  app.get(`${basePath}/openapi.json`, (c) => c.json((document ??= describeApi(app))));
  for (const route of routes) {
    const path = `${basePath}${route.path.replace(/\{(\w+)\}/g, ':$1')}`;
    app.on(route.method.toUpperCase(), path, (c) => answer(c, route, { ...options, shared }, limits));
  }
  app.notFound((c) => problemAnswer(c, newRequestId(), notFound(c)));
  app.onError((error, c) => problemAnswer(c, newRequestId(), toProblem(error)));
  return { fetch: async (request) => secured(await app.fetch(request)) };
}

/** Made when it is asked for first: it takes longer than all the rest of a start, and few processes are asked. */
function describeApi(app: OpenAPIHono) {
  describeRoutes(app.openAPIRegistry, routes);
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Licenser operations', version: '1' },
    servers: [{ url: basePath }],
    security: [{ entra: [] }],
  });
}

async function answer(
  c: Context,
  route: AnyRoute,
  options: OpsAppOptions & { readonly shared: SharedAnswers },
  limits: RequestLimits,
): Promise<Response> {
  const requestId = newRequestId();
  const { logger } = options.ops;
  try {
    if (c.req.url.length > longestUrl)
      throw new OpsProblem(400, 'ops/url-too-long', 'The address is too long.');
    if (route.method === 'post' && c.req.header('sec-fetch-site') === 'cross-site') {
      throw new OpsProblem(403, 'ops/cross-site', 'Another site may not act here.');
    }
    const caller = await signIn(c, options.verify, limits);
    const body = route.method === 'post' ? await readJsonBody(c.req.raw) : { text: '', value: undefined };
    const found = await withinTime(
      answerRoute(route, {
        ...options,
        limits,
        caller,
        requestId,
        via: caller.kind === 'app' ? 'app' : c.req.header('sec-fetch-site') === undefined ? 'cli' : 'page',
        parameters: c.req.param(),
        query: c.req.query(),
        body,
        path: new URL(c.req.url).pathname,
        idempotencyKey: c.req.header('idempotency-key'),
      }),
    );
    if (found.status < 400) return successAnswer(c, found, requestId);
    logRefusal(c, route, options, limits, { requestId, status: found.status, code: codeOf(found.body) });
    return bodyAnswer(found, requestId);
  } catch (thrown) {
    const problem = toProblem(thrown);
    if (problem.status >= 500)
      logger.warn('An ops request failed', { requestId, route: route.id, error: ensureError(thrown) });
    else logRefusal(c, route, options, limits, { requestId, status: problem.status, code: problem.code });
    return problemAnswer(c, requestId, problem);
  }
}

/** Refused writes, and every refused sign-in, are in the log: one line a second and address is enough to see who tries. */
function logRefusal(
  c: Context,
  route: AnyRoute,
  { ops }: OpsAppOptions,
  limits: RequestLimits,
  what: { readonly requestId: string; readonly status: number; readonly code: unknown },
): void {
  const address = callerAddress(c);
  if (route.action === undefined && what.status !== 401) return;
  if (limits.isUsedUp('refused', `log ${address}`)) return;
  limits.take('refused', `log ${address}`);
  ops.logger.warn('An ops request was refused', { ...what, route: route.id, address });
}

function codeOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null ? (body as { readonly code?: unknown }).code : undefined;
}

/**
 * The address that the platform saw. Azure appends it to `X-Forwarded-For`, with its port; what stands before it was
 * sent by the caller. https://learn.microsoft.com/azure/app-service/overview-inbound-outbound-ips
 */
function callerAddress(c: Context): string {
  const last = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? 'unknown';
  return last.replace(/^\[(.+)\](?::\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
}

/** Bad tokens count against their address. A good one is never refused for what others send from there. */
async function signIn(c: Context, verify: VerifyToken, limits: RequestLimits) {
  try {
    return await verify(c.req.header('authorization'));
  } catch (error) {
    if (error instanceof OpsProblem && error.status === 401) limits.take('refused', callerAddress(c));
    throw error;
  }
}

async function withinTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new OpsProblem(503, 'ops/too-slow', 'The answer took longer than 25 s.', {
          hint: 'Repeat it with the same Idempotency-Key.',
          retryAfterSeconds: 10,
        }),
      );
    }, timing.ops.answer.ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

function successAnswer(c: Context, { status, body }: Answer, requestId: string): Response {
  const { text, etag } = writeOut(body);
  const headers = { 'content-type': 'application/json; charset=utf-8', 'x-request-id': requestId };
  if (c.req.method !== 'GET') return new Response(text, { status, headers });
  if (c.req.header('if-none-match') === etag) {
    return new Response(null, { status: 304, headers: { etag, 'x-request-id': requestId } });
  }
  return new Response(text, { status, headers: { ...headers, etag } });
}

type Written = { readonly text: string; readonly etag: string };

/** Of bodies that are given to several callers. */
const written = new WeakMap<object, Written>();

function writeOut(body: unknown): Written {
  const known = typeof body === 'object' && body !== null ? written.get(body) : undefined;
  if (known !== undefined) return known;
  const text = JSON.stringify(body);
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  if (typeof body === 'object' && body !== null) written.set(body, { text, etag });
  return { text, etag };
}

/** A refusal that was remembered for its Idempotency-Key, or is given for the first time. */
function bodyAnswer({ status, body }: Answer, requestId: string): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', 'x-request-id': requestId },
  });
}

function problemAnswer(_c: Context, requestId: string, problem: OpsProblem): Response {
  const headers = new Headers({ 'content-type': 'application/problem+json', 'x-request-id': requestId });
  if (problem.status === 401) headers.set('www-authenticate', `Bearer error="invalid_token"`);
  if (problem.retryAfterSeconds !== undefined) headers.set('retry-after', String(problem.retryAfterSeconds));
  return new Response(JSON.stringify(toBody(problem, requestId)), { status: problem.status, headers });
}

/** Headers of every answer. No CORS header is ever sent: pages of other origins cannot read anything. */
function secured(response: Response): Response {
  for (const [name, value] of [
    ['cache-control', 'no-store'],
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'no-referrer'],
    ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['permissions-policy', ''],
    ['strict-transport-security', 'max-age=31536000'],
  ] as const) {
    response.headers.set(name, value);
  }
  return response;
}

function notFound(c: Context): OpsProblem {
  return new OpsProblem(404, 'ops/unknown-route', `There is no ${c.req.method} ${c.req.path}`, {
    hint: `${basePath}/openapi.json lists what there is.`,
  });
}

function newRequestId(): string {
  return randomUUID();
}
