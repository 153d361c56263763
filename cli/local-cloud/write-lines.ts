import type { SyncedUser, WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import { describeWrite } from './describe-write';
import type { OutcomeReader } from './outcomes';
import type { SkuNames } from './sku-names';

/** Turns the write log's entries, in their order, into lines for people, each with its rule. */
export function makeWriteLines(
  outcomes: Pick<OutcomeReader, 'readRules'>,
  names: SkuNames,
  options: { readonly color: boolean },
): (entry: WriteLogEntry, user: SyncedUser) => Promise<string> {
  const locationSetAt = new Map<string, number>();
  const dim = (text: string) => (options.color ? `\u001b[2m${text}\u001b[22m` : text);
  return async (entry, user) => {
    const isDone = entry.status < 400;
    if (entry.kind === 'usageLocation' && isDone) locationSetAt.set(user.id, entry.at);
    const isLicense = isDone && entry.kind === 'assignLicense';
    return describeWrite(entry, user, names, {
      ...(isLicense ? { rules: await outcomes.readRules(user.id) } : {}),
      locationSetAt: locationSetAt.get(user.id),
      dim,
    });
  };
}

/** Colors only on a terminal, and not when NO_COLOR is set (https://no-color.org). */
export function wantsColor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !env['NO_COLOR'];
}
