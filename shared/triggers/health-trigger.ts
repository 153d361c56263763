import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { throughInvocation } from '../observe/current-invocation';
import { checkHealth } from '../ops/doctor/check-health';
import type { Services } from '../pipeline/services';

/** HTTP edge of the health check: 200 when the app can do its work, else 503; the body says what was checked. */
export function makeHealthTrigger(build: () => Promise<Services>) {
  return throughInvocation(async (_request: HttpRequest): Promise<HttpResponseInit> => {
    const health = await checkHealth(build);
    return { status: health.ok ? 200 : 503, jsonBody: health };
  });
}
