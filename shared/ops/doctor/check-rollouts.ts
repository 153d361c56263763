import { isoTime } from '../../kernel/clock';
import type { Services } from '../../pipeline/services';
import { ok, warn } from './finding';
import type { Finding } from './finding';

/** Rollouts that go no further until a person has looked at them: their users keep what they have until then. */
export async function checkRollouts({
  rollouts,
  settings,
}: Pick<Services, 'rollouts' | 'settings'>): Promise<readonly Finding[]> {
  const name = 'rollouts';
  const findings = (await rollouts.list()).flatMap(({ id, state, by, why, createdAt, approvalReasons }) => {
    if (state !== 'awaiting' && state !== 'collecting') return [];
    const waits = state === 'awaiting' ? 'awaits approval' : 'collects what guards hold back';
    const since = isoTime(createdAt).slice(0, 16).replace('T', ' ');
    const reasons = approvalReasons.map(({ text }) => ` ${text}`).join('');
    return [
      warn(
        name,
        `${id} ${waits} since ${since} (UTC), by ${by}: ${why}.${reasons}`,
        `See whom it is about: licenser rollout show ${id} --members. Then licenser rollout approve ${id}, or cancel ${id}.`,
      ),
    ];
  });
  const alone =
    settings.approval === 'one-person'
      ? [
          warn(
            'approval',
            'LICENSER_APPROVAL is one-person: who asks for a rollout may also approve it',
            'Set it to guards or always when two people operate the app.',
          ),
        ]
      : [];
  return [...(findings.length > 0 ? findings : [ok(name, 'none waits for a person')]), ...alone];
}
