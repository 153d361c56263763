import type { StatusParts } from '../status/read-facts';
import { showStatus } from '../status/watch-verdict';
import { fail, ok, warn } from './finding';
import type { Finding } from './finding';

/** Whether users are being licensed, with the same causes as `licenser status`. */
export async function checkVerdict(parts: StatusParts): Promise<readonly Finding[]> {
  const { verdict, causes } = await showStatus(parts);
  if (verdict === 'licensing') return [ok('verdict', 'licensing')];
  return causes.map(({ text, todo, action }) => {
    const what = action === undefined ? todo : `${todo} ${action}`;
    const isStopped = verdict === 'stopped' || verdict === 'unknown';
    return (isStopped ? fail : warn)('verdict', `${verdict}: ${text}`, what);
  });
}
