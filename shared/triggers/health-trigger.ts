import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { systemClock } from '../kernel/clock';
import type { Clock } from '../kernel/clock';
import { timing } from '../kernel/timing';
import { throughInvocation } from '../observe/current-invocation';
import { makeInvocationLogger } from '../observe/invocation-logger';
import { checkHealth, toPublicHealth } from '../ops/doctor/check-health';
import type { Services } from '../pipeline/services';

/**
 * HTTP edge of the health check: 200 when the app can do its work, else 503. Everybody may call it, so the body says which
 * part is not well; the log says why, once in `timing.doctor.healthLogged` and process, and so does `licenser doctor` to who
 * has a role.
 * @param check looks at the parts
 */
export function makeHealthTrigger(
  build: () => Promise<Services>,
  {
    clock = systemClock,
    check = checkHealth,
  }: { clock?: Pick<Clock, 'now'>; check?: typeof checkHealth } = {},
) {
  // By check; a stranger who calls all the time fills no log.
  const loggedAt = new Map<string, number>();
  return throughInvocation(
    async (_request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
      const health = await check(build);
      const now = clock.now();
      for (const { name, text } of health.checks.filter(({ ok }) => !ok)) {
        if (now - (loggedAt.get(name) ?? -Infinity) < timing.doctor.healthLogged.ms) continue;
        loggedAt.set(name, now);
        makeInvocationLogger(context).error('The app is not well', { check: name, problem: text });
      }
      return { status: health.ok ? 200 : 503, jsonBody: toPublicHealth(health) };
    },
  );
}
