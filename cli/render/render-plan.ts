import type { PlanLineView, PreviewView } from '../../shared/ops/preview/preview-view';
import { paint, paintWord } from './paint';
import { renderTable } from './render-table';
import { labeled } from './wrap-text';

/** A plan for people, with at most `limit` users; --csv and --json have all. */
export function renderPlan(view: PreviewView, limit: number): string {
  return `${[
    renderSummary(view),
    ...(view.lines.length === 0 ? [] : [renderLines(view.lines, limit)]),
    ...(view.seats.length === 0 ? [] : [renderSeats(view)]),
    renderEnd(view),
  ].join('\n\n')}\n`;
}

function renderSummary({ users, outcomes, lines }: PreviewView): string {
  const counts = Object.entries(outcomes).filter(([, count]) => count > 0);
  const said = counts.map(([outcome, count]) => `${String(count)} ${paintWord(outcome)}`).join(', ');
  const changes = lines.length === 0 ? 'Nothing would change.' : `${String(lines.length)} to look at below.`;
  return `${paint('bold', `Plan for ${String(users)} ${users === 1 ? 'user' : 'users'}`)}${said === '' ? '' : `: ${said}`}\n${changes}`;
}

function renderLines(lines: readonly PlanLineView[], limit: number): string {
  const table = renderTable(
    [{ title: 'user', flexible: true }, { title: 'outcome' }, { title: 'what would change', flexible: true }],
    lines
      .slice(0, limit)
      .map((line) => [line.userPrincipalName ?? line.id, paintWord(line.outcome), describeLine(line)]),
  ).trimEnd();
  const more = lines.length - limit;
  return more > 0
    ? `${table}\n… and ${String(more)} more: --limit ${String(lines.length)}, --csv or --json`
    : table;
}

/** What changes, and the reasons of what needs a person or takes something away. */
export function describeLine(line: PlanLineView): string {
  const plans = (sign: string) => (one: { sku: string; plans: readonly string[] }) =>
    `${sign} ${one.plans.join(', ')} in ${one.sku}`;
  const changes = [
    ...line.gains.map((sku) => `+ ${sku}`),
    ...line.loses.map((sku) => `- ${sku}`),
    ...line.plansOn.map(plans('on')),
    ...line.plansOff.map(plans('off')),
    ...(line.usageLocation === null ? [] : [`usage location ${line.usageLocation}`]),
  ];
  const isPlain = line.outcome === 'licensed' && !line.reduction;
  const reasons = isPlain ? [] : [...new Set(line.reasons.map(({ text }) => text))];
  return [...(changes.length === 0 ? [] : [changes.join('; ')]), ...reasons].join('\n');
}

function renderSeats({ seats }: PreviewView): string {
  return renderTable(
    [
      { title: 'SKU', flexible: true },
      { title: 'seats', align: 'right' },
      { title: 'taken', align: 'right' },
      { title: 'after', align: 'right' },
      { title: 'free after', align: 'right' },
      { title: 'waiting', align: 'right' },
    ],
    seats.map((one) => [
      one.sku,
      String(one.seats),
      String(one.takenBefore),
      String(one.takenAfter),
      String(one.seats - one.takenAfter),
      String(one.waiting),
    ]),
  ).trimEnd();
}

function renderEnd({
  cost,
  guards,
  policyHash,
  stateHash,
  approval,
  policies,
  unknown,
  unreadable,
  withoutUserType = 0,
  decidingBlanks = {},
}: PreviewView): string {
  const money = (amount: number) => amount.toFixed(2);
  return [
    ...(cost === null
      ? []
      : [
          labeled(
            'cost',
            `${money(cost.before)} a month now, ${money(cost.after)} after (${cost.after < cost.before ? '' : '+'}${money(cost.after - cost.before)})`,
          ),
        ]),
    labeled(
      'guards',
      `${String(guards.reductions)} would lose something, ${String(guards.changes)} who hold something would change`,
    ),
    ...guards.exceeded.map((text) => labeled('held', text)),
    ...(withoutUserType === 0
      ? []
      : [
          labeled(
            'scope',
            `${countOf(withoutUserType)} outside the scope ${withoutUserType === 1 ? 'has' : 'have'} no userType: \`user.userType -eq "Member"\` is false of them`,
          ),
        ]),
    ...Object.entries(decidingBlanks).map(([property, users]) =>
      labeled(
        'blanks',
        `${countOf(users)} ${users === 1 ? 'has' : 'have'} a blank before or after ${property}, which alone decides a rule: licenser explain USER`,
      ),
    ),
    ...(approval ?? []).map(({ text }) => labeled('to approve', text)),
    ...unknown.map((user) => labeled('unknown', `the tenant has no user ${user}`)),
    ...unreadable
      .slice(0, 20)
      .map((id) => labeled('not planned', `a stored row of user ${id} cannot be read: licenser repair`)),
    ...(unreadable.length > 20 ? [labeled('', `and ${String(unreadable.length - 20)} more`)] : []),
    labeled('policy', policyHash),
    ...policies
      .filter((one) => one.policyHash !== policyHash)
      .map((one) => labeled('', `but ${countOf(one.users)} by their own, ${one.policyHash}`)),
    labeled('state', stateHash),
    'Nothing was written.',
  ].join('\n');
}

function countOf(users: number): string {
  return users === 1 ? '1 user' : `${String(users)} users`;
}
