import type { MemberView, RolloutView } from '../../shared/ops/rollouts/show-rollout';
import { renderTable } from './render-table';
import { renderTime } from './render-time';
import { labeled, wrapText } from './wrap-text';

/** One rollout: what it is, how far it is, what it waits for, and what can be done. */
export function renderRollout(view: RolloutView): string {
  const lines = [
    labeled('rollout', `${view.id}: ${view.kind}, ${view.state}`),
    labeled('by', `${view.by}, ${renderTime(view.createdAt)}: ${view.why}`),
    labeled('policy', view.policyHash.slice(0, 12)),
    labeled('users', describeCounts(view)),
  ];
  if (view.approvedBy !== null) lines.push(labeled('approved', `by ${view.approvedBy}`));
  if (view.finishAt !== null) lines.push(labeled('finish', `about ${renderTime(view.finishAt)}`));
  if (view.endedAt !== null) lines.push(labeled('ended', renderTime(view.endedAt)));
  if (view.state === 'awaiting' || view.state === 'collecting') {
    for (const { text } of view.approvalReasons) lines.push(labeled('waits', text));
  }
  const next = nextStep(view);
  return `${lines.join('\n')}\n${next === '' ? '' : `\n${wrapText(next, 80).join('\n')}\n`}`;
}

/** Rollouts as a table, newest first. */
export function renderRollouts(views: readonly RolloutView[]): string {
  if (views.length === 0) return 'There are no rollouts.\n';
  return renderTable(
    [
      { title: 'rollout' },
      { title: 'state' },
      { title: 'users', align: 'right' },
      { title: 'done', align: 'right' },
      { title: 'created (UTC)' },
      { title: 'why', flexible: true },
    ],
    views.map((view) => [
      view.id,
      view.state,
      String(view.members),
      String(view.counts.changed + view.counts.unchanged + view.counts.failed),
      renderTime(view.createdAt).slice(0, 16),
      `${view.by}: ${view.why}`,
    ]),
  );
}

/** Members of a rollout as a table; at most `limit` of them. */
export function renderMembers(members: readonly MemberView[], limit: number): string {
  if (members.length === 0) return 'No user.\n';
  const table = renderTable(
    [{ title: 'user', flexible: true }, { title: 'state' }, { title: 'outcome and why', flexible: true }],
    members.map((member) => [member.userPrincipalName ?? member.id, member.state, describeMember(member)]),
  );
  return members.length < limit ? table : `${table}\nThe first ${String(limit)}; more: --limit, --skip\n`;
}

/** What became of a member; while nothing has, what the plan says would. */
function describeMember({ state, outcome, reason, planned }: MemberView): string {
  if (outcome === null && planned && (state === 'pending' || state === 'queued')) return `would: ${planned}`;
  return [outcome, reason].filter((one) => one !== null).join(': ');
}

function describeCounts({ members, counts }: RolloutView): string {
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${String(count)} ${state}`);
  return [`${String(members)} in all`, ...parts].join(', ');
}

function nextStep({ id, state, kind, counts }: RolloutView): string {
  if (state === 'awaiting' || state === 'collecting') {
    return `Look at who it is about: licenser rollout show ${id} --members\nThen: licenser rollout approve ${id}, or cancel ${id}`;
  }
  if (state === 'running')
    return `Stop it for now, or for good: licenser rollout pause ${id}, or cancel ${id}`;
  if (state === 'paused') return `Go on: licenser rollout resume ${id}`;
  if (state === 'cancelled' && kind === 'activation' && counts.changed > 0) {
    return `Take back what it changed: licenser rollout start --return ${id}`;
  }
  return '';
}
