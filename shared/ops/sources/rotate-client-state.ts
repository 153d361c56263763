import { UserError } from '../../kernel/errors';
import { rotateClientState } from '../../pipeline/intake/client-state';
import type { Services } from '../../pipeline/services';
import { recordAction } from '../audit/operator';
import type { Operator } from '../audit/operator';

/** `generation`: how often it has been rotated. */
export type Rotated = { readonly rotated: true; readonly generation: number };

/**
 * Gives the client state that Graph repeats in its notifications another value. The subscriptions are replaced within a
 * round of following changes; until then, and for as long as Graph may repeat a call, both values are valid.
 * @throws UserError `ops/no-notifications`; ConcurrencyError another person rotates it at the same time
 */
export async function rotateNow(
  services: Pick<Services, 'audit' | 'clock' | 'cursors' | 'settings'>,
  operator: Operator,
): Promise<Rotated> {
  const { notificationUrl, clientState } = services.settings;
  if (notificationUrl === null || clientState === null) {
    throw new UserError('ops/no-notifications', 'The app does not use notifications', {
      hint: 'Set LICENSER_NOTIFICATION_URL and LICENSER_CLIENT_STATE.',
    });
  }
  const generation = await rotateClientState(services.cursors);
  await recordAction(services, operator, 'subscription/rotate', 'client state', { generation });
  return { rotated: true, generation };
}
