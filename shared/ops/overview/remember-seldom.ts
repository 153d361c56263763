import { overrideMembers } from '../../kernel/override-members';
import { remember } from '../../kernel/remembered';
import { timing } from '../../kernel/timing';
import type { Services } from '../../pipeline/services';

/**
 * The same services, by which rollouts and the pointer of the policy in force are read again after `timing.ops.overviewSeldom`:
 * they change when a person acts, and are half of what an overview asks the tables for. `forget`: something was changed in this process.
 */
export function rememberSeldom<Own extends Pick<Services, 'clock' | 'policy' | 'rollouts'>>(
  services: Own,
): { readonly services: Own; readonly forget: () => void } {
  const { clock, policy, rollouts } = services;
  const maxAgeMs = timing.ops.overviewSeldom.ms;
  const list = remember(() => rollouts.list(), { clock, maxAgeMs });
  return {
    services: {
      ...services,
      rollouts: overrideMembers(rollouts, { list: () => list.current() }),
      policy: overrideMembers(policy, { current: () => policy.current({ maxAgeMs }) }),
    },
    forget: () => {
      list.forget();
      policy.refresh();
    },
  };
}
