import type { Engine } from '../engine/engine';
import { GraphFault } from '../engine/graph-fault';

/**
 * Refuses a share of the requests, as the settings say.
 * @throws GraphFault
 */
export function injectFault(engine: Engine): void {
  const { error429Rate, error503Rate, error500Rate, retryAfterSeconds } = engine.settings;
  if (error429Rate + error503Rate + error500Rate === 0) return;
  const chance = engine.random();
  const retryAfter = { 'retry-after': String(retryAfterSeconds) };
  if (chance < error429Rate) {
    throw new GraphFault(429, 'TooManyRequests', 'Too many requests.', retryAfter);
  }
  if (chance < error429Rate + error503Rate) {
    throw new GraphFault(503, 'ServiceUnavailable', 'The service is temporarily unavailable.', retryAfter);
  }
  if (chance < error429Rate + error503Rate + error500Rate) {
    throw new GraphFault(500, 'InternalServerError', 'An internal server error occurred.');
  }
}
