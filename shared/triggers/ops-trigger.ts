import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { UserError } from '../kernel/errors';
import { throughInvocation } from '../observe/current-invocation';
import { makeInvocationLogger } from '../observe/invocation-logger';
import { readLimited } from './read-limited';
import { longestBody } from '../ops-api/requests/read-body';

const tooLarge: HttpResponseInit = {
  status: 413,
  headers: { 'content-type': 'application/problem+json' },
  jsonBody: {
    type: 'about:blank',
    title: 'Too large',
    status: 413,
    code: 'ops/body-too-large',
    detail: 'The body is longer than 1 MB.',
  },
};

type App = { fetch(request: Request): Promise<Response> };

/** HTTP edge of the ops API. Settings that are wrong answer 503, without saying what they hold. */
export function makeOpsTrigger(build: () => Promise<App>) {
  return throughInvocation(
    async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
      try {
        const app = await build();
        const body = request.method === 'GET' ? null : await readLimited(request, longestBody);
        if (body === undefined) return tooLarge;
        const answer = await app.fetch(
          new Request(request.url, {
            method: request.method,
            headers: Object.fromEntries(request.headers.entries()),
            ...(body === null ? {} : { body }),
          }),
        );
        return {
          status: answer.status,
          headers: Object.fromEntries(answer.headers.entries()),
          ...(answer.status === 304 ? {} : { body: await answer.text() }),
        };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        makeInvocationLogger(context).error('The ops API cannot start', { error, hint: error.hint });
        return {
          status: 503,
          headers: { 'content-type': 'application/problem+json', 'retry-after': '30' },
          jsonBody: {
            type: 'about:blank',
            title: 'Not available now',
            status: 503,
            code: 'ops/not-configured',
            detail: 'The app is not configured; its log says what is wrong.',
          },
        };
      }
    },
  );
}
