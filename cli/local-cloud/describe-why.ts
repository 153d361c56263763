import type { OutcomeRow } from './outcomes';

const open = ['waiting', 'blocked', 'held', 'failed', 'grace'];

export type Why = {
  readonly outcome: string;
  readonly code: string;
  readonly text: string;
  /** Users it holds for. */
  readonly users: number;
};

/** The reasons for which users did not get what the policy says, each with the number of users, the frequent first. */
export function collectWhys(
  users: readonly { readonly id: string }[],
  rows: ReadonlyMap<string, OutcomeRow>,
): readonly Why[] {
  const whys = new Map<string, Why>();
  for (const { id } of users) {
    const row = rows.get(id.toLowerCase());
    if (!row?.outcome || !open.includes(row.outcome)) continue;
    const ofSkus = row.skus.filter(({ outcome }) => outcome === row.outcome).map(({ reason }) => reason);
    const reasons = ofSkus.length > 0 ? ofSkus : row.reasons.slice(0, 1);
    const texts = new Map(reasons.map((reason) => [reason.text, reason]));
    for (const { code, text } of texts.values()) {
      const key = `${row.outcome} ${text}`;
      const known = whys.get(key);
      whys.set(key, { outcome: row.outcome, code, text, users: (known?.users ?? 0) + 1 });
    }
  }
  const rank = ({ outcome }: Why) => open.indexOf(outcome);
  return [...whys.values()].sort((a, b) => rank(a) - rank(b) || b.users - a.users);
}

/** A section of at most 80 columns; empty when everybody got what the policy says. */
export function describeWhy(whys: readonly Why[]): string {
  if (whys.length === 0) return '';
  const lines = whys.flatMap(({ outcome, text, users }) => {
    const head = `  ${String(users).padStart(6)}  ${outcome}: `;
    return wrap(`${head}${text}`, ' '.repeat(10));
  });
  return ['Why', ...lines, ''].join('\n');
}

function wrap(text: string, indent: string, width = 80): string[] {
  const lines: string[] = [];
  let line = '';
  const [lead = ''] = /^ */.exec(text) ?? [];
  for (const word of text.trim().split(' ')) {
    if (line === '') line = `${lines.length === 0 ? lead : indent}${word}`;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = `${indent}${word}`;
    }
  }
  return [...lines, line];
}
