import { namesPauseBy } from './pause-scope';
import { timing } from '../../kernel/timing';
import type { Pause, PauseOrigin } from '../../words/pause';
import type { Services } from '../services';
import type { Task } from '../task';

type PauseServices = Pick<Services, 'clock' | 'control' | 'events' | 'pauses'>;

/** Graph answered as it should for these scopes: the product’s own pauses on them are over. */
export async function scopesWork(
  services: PauseServices & Pick<Services, 'lastSuccess'>,
  task: Task,
  scopes: readonly string[],
): Promise<void> {
  services.lastSuccess.note(scopes);
  for (const pause of await services.pauses.current()) {
    if (pause.origin === 'operator' || !scopes.includes(pause.scope)) continue;
    if (pause.by === namesPauseBy) continue;
    await liftOwn(services, task, pause, `${pause.scope} works again; parked work goes on by itself`);
  }
}

/** The product’s own pauses that no user came to try, as the policy no longer needs the SKU, are lifted. */
export async function liftIdlePauses(services: PauseServices, task: Task): Promise<void> {
  for (const pause of await services.control.pauses()) {
    if (pause.origin === 'operator') continue;
    if (services.clock.now() - (pause.probedAt ?? pause.at) < timing.pauses.idle.ms) continue;
    await liftOwn(services, task, pause, `No user waits for ${pause.scope} any more`);
  }
}

/** Ends a pause that the product set, and reports it; one that is over already stays so. */
export async function liftOwn(
  services: PauseServices,
  task: Task,
  { scope, origin, at }: Pause,
  text: string,
): Promise<void> {
  if (!(await services.control.resume(scope, origin))) return;
  services.pauses.forget();
  const pausedForMs = services.clock.now() - at;
  task.logger.info('A pause of the product’s own is over', { scope, origin, pausedForMs });
  services.events.emit({ event: 'resumed', subject: scope, reason: { code: `resumed/${origin}`, text } });
}

/** Pauses a scope that Graph refuses; one that is paused already stays as it is, and is reported once. */
export async function pauseOwn(
  services: PauseServices,
  task: Task,
  scope: string,
  origin: Exclude<PauseOrigin, 'operator'>,
  reason: string,
  by = 'licenser',
): Promise<void> {
  const at = services.clock.now();
  const isNew = await services.control.pause({ scope, origin, reason, by, at, probedAt: null });
  services.pauses.forget();
  if (!isNew) return;
  task.logger.error('Paused: Graph refuses it', { scope, origin, reason });
  services.events.emit({
    event: 'paused',
    subject: scope,
    reason: { code: `paused/${origin}`, text: reason },
  });
}
