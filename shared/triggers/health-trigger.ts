import type { HttpResponseInit } from '@azure/functions';
import { checkHealth } from '../ops/doctor/check-health';
import type { Services } from '../pipeline/services';

/** HTTP edge of the health check: 200 when the app can do its work, else 503; the body says what was checked. */
export function makeHealthTrigger(build: () => Promise<Services>) {
  return async (): Promise<HttpResponseInit> => {
    const health = await checkHealth(build);
    return { status: health.ok ? 200 : 503, jsonBody: health };
  };
}
