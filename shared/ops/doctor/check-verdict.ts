import { weights } from '../status/cause';
import type { Cause } from '../status/cause';
import { readFacts } from '../status/read-facts';
import type { StatusParts } from '../status/read-facts';
import type { StatusFacts } from '../status/status-facts';
import { judgeNow } from '../status/watch-verdict';
import { fail, ok, warn } from './finding';
import type { Finding } from './finding';

/**
 * Whether users are being licensed, with the same causes as `licenser status`. A policy that observes is meant to, and what a
 * person may not see is nothing that must be fixed: both are only told.
 */
export async function checkVerdict(parts: StatusParts): Promise<readonly Finding[]> {
  const facts = await readFacts(parts);
  const { verdict, causes } = await judgeNow(parts.services, facts);
  if (verdict === 'licensing') return [ok('verdict', 'licensing')];
  return causes.map((one) => {
    const what = one.action === undefined ? one.todo : `${one.todo} ${one.action}`;
    return (mustBeFixed(one, facts) ? fail : warn)('verdict', `${verdict}: ${one.text}`, what);
  });
}

function mustBeFixed({ code }: Cause, { queues }: StatusFacts): boolean {
  if (code === 'mode/observe') return false;
  if (code === 'queues/unreachable' && 'problem' in queues && queues.isRefused === true) return false;
  return weights[code] === 'stopped' || weights[code] === 'unknown';
}
