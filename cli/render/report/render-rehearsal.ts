import type { Rehearsal } from '../../../rehearsal/rehearse';
import { paint, paintWord } from '../paint';
import { renderTable } from '../render-table';
import { countText, moneyText } from './amounts';
import { labeled, wrapText } from '../wrap-text';
import { outcomes } from '../../../shared/words/outcome';

/** A rehearsal for people, with at most `limit` of the users who are not plainly as the policy says. */
export function renderRehearsal(rehearsal: Rehearsal, limit: number): string {
  return `${[
    renderHead(rehearsal),
    renderOutcomes(rehearsal),
    renderSkus(rehearsal),
    ...renderConcerned(rehearsal, limit),
    'The tenant itself was not touched.',
  ].join('\n\n')}\n`;
}

function renderHead({ days, users, people, seed, policy }: Rehearsal): string {
  const { joiners, movers, leavers } = people;
  return [
    `${paint('bold', 'Rehearsal')} of ${plural(days, 'working day')} with ${plural(users, 'user')}`,
    labeled('a day', `${countText(joiners)} join, ${countText(movers)} move, ${countText(leavers)} leave`),
    labeled('policy', `${policy.name}, ${policy.mode === 'observe' ? 'observing' : 'enforcing'}`),
    labeled('seed', String(seed)),
  ].join('\n');
}

function renderOutcomes(rehearsal: Rehearsal): string {
  const { writes, reductions } = rehearsal;
  const counts = [...outcomes, 'lost' as const].flatMap((outcome) =>
    rehearsal[outcome] === 0 ? [] : [`${countText(rehearsal[outcome])} ${outcome}`],
  );
  const refused = writes.refused === 0 ? '' : `, ${countText(writes.refused)} refused`;
  return [
    labeled('users', counts.join(', ')),
    labeled('lost', rehearsal.lost === 0 ? 'none: every user is accounted for' : countText(rehearsal.lost)),
    labeled('joiners', joinersText(rehearsal)),
    labeled('writes', `${countText(writes.done)}${refused}; ${countText(reductions)} took something away`),
  ].join('\n');
}

/** Those whom the policy gives nothing, or who wait, are no part of the times. */
function joinersText({ joiners, timeToLicensedMs: { p50, p95, max } }: Rehearsal): string {
  const { joined, licensed } = joiners;
  if (p50 === null || p95 === null || max === null) return `none of ${countText(joined)} was licensed`;
  return `${countText(licensed)} of ${countText(joined)} licensed, half of these within ${seconds(p50)}, 95 % within ${seconds(p95)}, the last after ${seconds(max)}`;
}

function renderSkus({ skus, cost }: Rehearsal): string {
  const shown = skus.filter(({ takenBefore, takenAfter }) => takenBefore > 0 || takenAfter > 0);
  const table = renderTable(
    [
      { title: 'SKU', flexible: true },
      { title: 'seats', align: 'right' },
      { title: 'taken before', align: 'right' },
      { title: 'after', align: 'right' },
      ...(cost === null
        ? []
        : [
            { title: 'a month before', align: 'right' } as const,
            { title: 'after', align: 'right' } as const,
          ]),
    ],
    shown.map((sku) => [
      sku.skuPartNumber,
      countText(sku.seats),
      countText(sku.takenBefore),
      countText(sku.takenAfter),
      ...(cost === null ? [] : [money(sku.costBefore), money(sku.costAfter)]),
    ]),
  ).trimEnd();
  if (cost === null) return `${table}\nNo prices: give --prices FILE, or a policy with prices.`;
  const unpriced =
    cost.unpriced.length === 0 ? [] : wrapText(`without a price: ${cost.unpriced.join(', ')}`, 80);
  const change = cost.after - cost.before;
  const said = `${moneyText(cost.before)} a month before, ${moneyText(cost.after)} after (${change < 0 ? '' : '+'}${moneyText(change)})`;
  return [table, labeled('cost', said), ...unpriced].join('\n');
}

/** Each outcome with its users and why, the worst first. */
function renderConcerned({ concerned }: Rehearsal, limit: number): string[] {
  const order = ['lost', 'failed', 'blocked', 'held', 'waiting', 'grace', 'pinned'] as const;
  const sorted = order.flatMap((outcome) => concerned.filter(({ verdict }) => verdict === outcome));
  if (sorted.length === 0) return [];
  const table = renderTable(
    [{ title: 'user', flexible: true }, { title: 'outcome' }, { title: 'why', flexible: true }],
    sorted
      .slice(0, limit)
      .map(({ userPrincipalName, verdict, why }) => [userPrincipalName, paintWord(verdict), why.join('\n')]),
  ).trimEnd();
  const more = sorted.length - limit;
  return [
    more > 0 ? `${table}\n… and ${countText(more)} more: --limit ${String(sorted.length)} or --json` : table,
  ];
}

const money = (amount: number | null) => (amount === null ? '' : moneyText(amount));
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
const plural = (count: number, what: string) => `${countText(count)} ${what}${count === 1 ? '' : 's'}`;
