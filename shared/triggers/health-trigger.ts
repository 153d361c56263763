import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { throughInvocation } from '../observe/current-invocation';
import { makeInvocationLogger } from '../observe/invocation-logger';
import { checkHealth, toPublicHealth } from '../ops/doctor/check-health';
import type { Services } from '../pipeline/services';

/**
 * HTTP edge of the health check: 200 when the app can do its work, else 503. Everybody may call it, so the body says which
 * part is not well; the log says why, and so does `licenser doctor` to who has a role.
 */
export function makeHealthTrigger(build: () => Promise<Services>) {
  return throughInvocation(
    async (_request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
      const health = await checkHealth(build);
      for (const { name, text } of health.checks.filter(({ ok }) => !ok)) {
        makeInvocationLogger(context).error('The app is not well', { check: name, problem: text });
      }
      return { status: health.ok ? 200 : 503, jsonBody: toPublicHealth(health) };
    },
  );
}
