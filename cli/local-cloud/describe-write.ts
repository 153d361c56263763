import type { SyncedUser, WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import type { SkuNames } from './sku-names';
import { timing } from '../../shared/kernel/timing';

/** Columns of a terminal that a line may take. */
const width = 80;
const nameWidth = 21;

/** https://learn.microsoft.com/graph/errors */
const refusals: Readonly<Record<number, string>> = {
  400: 'refused',
  403: 'forbidden',
  404: 'not found',
  429: 'throttled',
  503: 'unavailable',
};

export type WriteFacts = {
  /** The rules behind each SKU, by SKU id. */
  readonly rules?: ReadonlyMap<string, readonly string[]>;
  /** When the user's usage location was written, milliseconds; absent: not in this run. */
  readonly locationSetAt?: number | undefined;
  /** Dims what is no license yet: refusals and usage locations. Default: no color. */
  readonly dim?: (text: string) => string;
};

/**
 * One line of at most 80 columns about one write of Graph's log: how long after the user appeared, who, which
 * license, which plans off, and by which rule where it fits.
 */
export function describeWrite(
  entry: WriteLogEntry,
  user: SyncedUser,
  names: SkuNames,
  facts: WriteFacts = {},
): string {
  const after = `${((entry.at - user.readableAt) / 1_000).toFixed(1)} s`.padStart(7);
  const who = shorten(user.userPrincipalName.split('@')[0] ?? user.userPrincipalName, nameWidth);
  const head = `${after}  ${who.padEnd(nameWidth)}  `;
  const dim = facts.dim ?? ((text: string) => text);
  const what = describeChange(entry, names);
  if (entry.status >= 400) {
    const isLocationNew =
      entry.status === 400 &&
      facts.locationSetAt !== undefined &&
      entry.at - facts.locationSetAt < timing.commands.locationIsNew.ms;
    const why = `  ${isLocationNew ? 'location too new' : (refusals[entry.status] ?? 'refused')} (${String(entry.status)})`;
    return dim(`${head}${shorten(what, width - head.length - why.length)}${why}`);
  }
  if (entry.kind === 'usageLocation') return dim(`${head}${what}`);
  const line = `${head}${shorten(what, width - head.length)}`;
  const rules = [...new Set((entry.add ?? []).flatMap(({ skuId }) => facts.rules?.get(skuId) ?? []))];
  const byRule = rules.length === 0 ? '' : `  ${rules.join(', ')}`;
  return line.length + byRule.length <= width ? `${line}${byRule}` : line;
}

function describeChange(entry: WriteLogEntry, names: SkuNames): string {
  if (entry.kind === 'usageLocation') return `usage location ${entry.usageLocation ?? ''}`;
  return [
    ...(entry.add ?? []).map(({ skuId, disabledPlans }) => {
      const off = disabledPlans.map((plan) => names.plan(plan));
      return `${names.sku(skuId)}${off.length > 0 ? ` without ${off.join(', ')}` : ''}`;
    }),
    ...(entry.remove ?? []).map((skuId) => `removed ${names.sku(skuId)}`),
  ].join(', ');
}

function shorten(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
