import { weights } from '../status/cause';
import type { Cause, CauseCode } from '../status/cause';
import { readFacts } from '../status/read-facts';
import type { StatusParts } from '../status/read-facts';
import type { StatusFacts } from '../status/status-facts';
import { judgeNow } from '../status/watch-verdict';
import { fail, ok, warn } from './finding';
import type { Finding, LookedBy } from './finding';

/** Causes that checks of the doctor tell with more about them. */
const ownChecks: ReadonlySet<CauseCode> = new Set(['users/blocked', 'paused/old', 'approval/one-person']);

/**
 * Whether users are being licensed, with the same causes as `licenser status`. A policy that observes is meant to, and what a
 * person may not see is nothing that must be fixed: both are only told. What the app itself may not see must be fixed.
 */
export async function checkVerdict(parts: StatusParts, by: LookedBy): Promise<readonly Finding[]> {
  const facts = await readFacts(parts);
  const { verdict, causes } = await judgeNow(parts.services, facts);
  const good = verdict === 'licensing' ? [ok('verdict', 'licensing')] : [];
  const found = causes
    .filter(({ code }) => !ownChecks.has(code))
    .map((one) => {
      const what = one.action === undefined ? one.todo : `${one.todo} ${one.action}`;
      return (mustBeFixed(one, facts, by) ? fail : warn)('verdict', `${verdict}: ${one.text}`, what);
    });
  return [...good, ...found];
}

function mustBeFixed({ code }: Cause, { queues }: StatusFacts, by: LookedBy): boolean {
  if (code === 'mode/observe') return false;
  if (code === 'queues/unreachable' && 'problem' in queues && queues.isRefused === true) return by === 'app';
  return weights[code] === 'stopped' || weights[code] === 'unknown';
}
