import type { UserLicenseView, UserView } from '../../shared/ops/users/show-user';
import { paint, paintWord } from './paint';
import { exceptionLines } from './render-exception';
import { renderPlanReasons } from './render-explanation';
import { renderTable } from './render-table';
import { renderTime } from './render-time';
import { labeled } from './wrap-text';

type ExplainedSku = NonNullable<UserView['explanation']>['skus'][number];

/** A user for people: who, outcome with its reasons, what comes next, and each license plan by plan. */
export function renderUser(view: UserView): string {
  const blocks = [
    [
      paint('bold', view.displayName ?? view.userPrincipalName ?? view.id),
      labeled('name', view.userPrincipalName ?? 'unknown'),
      labeled('id', view.id),
      labeled('account', describeAccount(view)),
      ...(view.inDirectory ? [labeled('location', view.usageLocation ?? 'no usage location')] : []),
    ].join('\n'),
    describeOutcome(view),
    ...view.exceptions.map((one) => [paint('bold', 'exception'), ...exceptionLines(one)].join('\n')),
    ...view.licenses.map((license) => describeLicense(license, view)),
  ];
  if (view.licenses.length === 0) blocks.push('No licenses.');
  blocks.push(...describeOthers(view));
  return `${blocks.join('\n\n')}\n`;
}

function describeAccount(view: UserView): string {
  if (!view.inDirectory) return 'Graph does not know this user (any more); this is what was recorded';
  return [
    view.userType ?? 'Member',
    view.accountEnabled === false ? 'disabled' : 'enabled',
    view.synced ? 'synced from on-premises' : 'created in the cloud',
    ...(view.department === null ? [] : [`department ${view.department}`]),
    ...(view.country === null ? [] : [`country ${view.country}`]),
  ].join(', ');
}

function describeOutcome(view: UserView): string {
  const reasons = [...new Set(view.reasons.map(({ text }) => text))];
  const times = [
    ...(view.decidedAt === null ? [] : [`decided ${renderTime(view.decidedAt)}`]),
    ...(view.writtenAt === null ? [] : [`written ${renderTime(view.writtenAt)}`]),
  ];
  const { next } = view;
  return [
    `${'outcome'.padEnd(11)}${view.outcome === null ? 'none yet' : paintWord(view.outcome)}`,
    ...reasons.map((text, index) => labeled(index === 0 ? 'why' : '', text)),
    ...(times.length === 0 ? [] : [labeled('when', `${times.join(', ')} (UTC)`)]),
    labeled('next', next === null ? 'nothing is due; the next change starts it' : describeNext(next)),
  ].join('\n');
}

function describeNext({ at, text, attempts }: NonNullable<UserView['next']>): string {
  return at === null ? text : `${renderTime(at)} (UTC), attempt ${String(attempts)}: ${text}`;
}

/** SKUs that the user does not hold and of which the policy has something to say: why not. */
function describeOthers({ licenses, explanation, notExplained }: UserView): readonly string[] {
  const held = new Set(licenses.map(({ skuId }) => skuId));
  const others = (explanation?.skus ?? []).filter(({ skuId }) => !held.has(skuId));
  return [
    ...others.map((sku) => [`${paint('bold', sku.skuPartNumber)}  not held`, ...whyLines(sku)].join('\n')),
    ...(notExplained === null ? [] : [labeled('why not', `not to be told now: ${notExplained}`)]),
  ];
}

function whyLines(sku: ExplainedSku): readonly string[] {
  return [labeled('  why', sku.text), ...renderPlanReasons(sku)];
}

function describeLicense(license: UserLicenseView, { explanation }: UserView): string {
  const { skuPartNumber, assignments, ledger, plans } = license;
  const ours =
    ledger === null
      ? []
      : [
          labeled(
            '  rules',
            `${ledger.rules.join(', ')}${ledger.adopted ? ' (adopted: it was assigned by hand before)' : ''}`,
          ),
        ];
  const explained = explanation?.skus.find(({ skuId }) => skuId === license.skuId);
  const lines = [
    paint('bold', skuPartNumber),
    ...assignments.map(({ by, group, state, error }) => {
      const from = by === 'direct' ? 'directly' : `by group ${group?.displayName ?? group?.id ?? ''}`;
      return labeled('  assigned', `${from}, ${state}${error === null ? '' : ` (${error})`}`);
    }),
    ...ours,
    ...(explained === undefined ? [] : whyLines(explained)),
  ].join('\n');
  if (plans.length === 0) return lines;
  const table = renderTable(
    [{ title: 'plan', flexible: true }, { title: 'status' }, { title: 'switched off by' }],
    plans.map(({ servicePlanName, provisioningStatus, offBy }) => [
      servicePlanName,
      paintWord(provisioningStatus),
      offBy === null ? '' : offBy === 'policy' ? 'the policy' : 'other',
    ]),
    78,
  );
  return `${lines}\n${table.trimEnd().replace(/^/gm, '  ')}`;
}
