import type { SyncWave } from '@auto-licenser/graph-emulator/client';
import { paintWord } from './paint';

/** What a directory sync brought, at most ten people of each kind. */
export function renderWave({ users, movers, leavers }: SyncWave): string {
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0
      ? ''
      : `${title}\n${lines
          .slice(0, 10)
          .map((line) => `  ${line}\n`)
          .join('')}${lines.length > 10 ? `  and ${String(lines.length - 10)} more\n` : ''}`;
  return (
    list(
      'Joiners',
      users.map(({ userPrincipalName }) => userPrincipalName),
    ) +
    list(
      'Movers',
      movers.map(({ userPrincipalName, from, to }) => `${userPrincipalName}: ${from} to ${to}`),
    ) +
    list(
      'Leavers',
      leavers.map(({ userPrincipalName }) => userPrincipalName),
    ) +
    `The sync brought ${String(users.length)} joiners, ${String(movers.length)} movers, ${String(leavers.length)} leavers.\n` +
    'See what becomes of such people: --follow\n'
  );
}

type WithOutcome = { readonly outcome: string | null };

/** How many users have which outcome. */
export function countOutcomes(people: readonly WithOutcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of people) counts[outcome ?? 'none'] = (counts[outcome ?? 'none'] ?? 0) + 1;
  return counts;
}

/** One line: how many people have which outcome; empty without people. */
export function renderOutcomes(title: string, people: readonly WithOutcome[]): string {
  if (people.length === 0) return '';
  const summary = Object.entries(countOutcomes(people)).map(
    ([outcome, n]) => `${String(n)} ${paintWord(outcome)}`,
  );
  return `${String(people.length)} ${title}: ${summary.join(', ')}\n`;
}
