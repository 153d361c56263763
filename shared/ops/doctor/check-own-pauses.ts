import { isoTime } from '../../kernel/clock';
import type { Services } from '../../pipeline/services';
import { fail, ok } from './finding';
import type { Finding } from './finding';

const todo = {
  permission:
    'Grant the app its Graph permissions (docs/permissions.md). It tries every minute and goes on by itself.',
  configuration:
    'Take the SKU out of the policy, or see that it can be assigned. It is tried every minute and goes on by itself.',
} as const;

/** What Graph refuses to anybody, so that the product has paused it. */
export async function checkOwnPauses({ control }: Pick<Services, 'control'>): Promise<readonly Finding[]> {
  const findings = (await control.pauses()).flatMap(({ scope, origin, reason, at, probedAt }) => {
    if (origin === 'operator') return [];
    const tried = probedAt === null ? 'not tried again yet' : `last tried ${minuteOf(probedAt)}`;
    const text = `${scope} is paused since ${minuteOf(at)} (UTC), ${tried}: ${reason}`;
    return [fail('refused by Graph', text, todo[origin])];
  });
  return findings.length > 0 ? findings : [ok('refused by Graph', 'nothing that everybody needs')];
}

function minuteOf(at: number): string {
  return isoTime(at).slice(0, 16).replace('T', ' ');
}
