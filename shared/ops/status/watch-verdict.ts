import { z } from 'zod';
import { isoTime } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import type { Services } from '../../pipeline/services';
import type { Task } from '../../pipeline/task';
import { readFacts } from './read-facts';
import type { StatusParts } from './read-facts';
import { readOnce } from './read-once';
import { judge } from './verdict';
import type { Verdict } from './verdict';
import { verdicts } from './cause';
import type { StatusFacts } from './status-facts';
import type { VerdictName } from './cause';

/** The row of the verdict as `observe` last stored it. */
export const verdictCursor = 'verdict';
const StoredVerdict = z.object({
  verdict: z.enum(verdicts),
  since: z.number(),
  at: z.number(),
  text: z.string().nullable(),
});
export type KnownVerdict = z.infer<typeof StoredVerdict>;

/** The verdict as the timer `observe` last stored it; one that is older than three minutes is `unknown`. */
export async function readVerdict({
  cursors,
  clock,
}: Pick<Services, 'cursors' | 'clock'>): Promise<KnownVerdict | undefined> {
  const { value } = await cursors.read(verdictCursor);
  const known = readStored(value);
  if (known === undefined) return undefined;
  const isOld = clock.now() - known.at > timing.ops.verdictOld.ms;
  return isOld ? { ...known, verdict: 'unknown', text: 'The timer `observe` has not run lately' } : known;
}

/** undefined: none is stored, or it cannot be read and counts as none. */
function readStored(value: string | null): KnownVerdict | undefined {
  if (value === null) return undefined;
  try {
    return StoredVerdict.parse(JSON.parse(value));
  } catch {
    return undefined;
  }
}

/** The verdict now; `since` of a good one is when it became so. */
export async function showStatus(parts: StatusParts): Promise<Verdict> {
  const once = readOnce(parts.services, parts.inspector);
  return judgeNow(once.services, await readFacts({ ...parts, ...once }));
}

/** The verdict of these facts, with its beginning. */
export async function judgeNow(
  services: Pick<Services, 'cursors' | 'clock'>,
  facts: StatusFacts,
): Promise<Verdict> {
  const verdict = judge(facts);
  if (verdict.since !== null) return verdict;
  const known = await readVerdict(services).catch(() => undefined);
  const since = known?.verdict === verdict.verdict ? isoTime(known.since) : null;
  return { ...verdict, since };
}

/**
 * Of the timer `observe`: stores the verdict, and reports one that has changed to the outgoing webhook. One that is not
 * `licensing` is in the log at every run: the alert `verdict` counts these lines (infra/modules/alerts.json).
 */
export async function observeVerdict(
  parts: StatusParts,
  { logger }: Pick<Task, 'logger'>,
): Promise<{ readonly facts: StatusFacts; readonly verdict: VerdictName }> {
  const { cursors, clock, events } = parts.services;
  const cursor = await cursors.read(verdictCursor);
  const before = readStored(cursor.value);
  const facts = await readFacts(parts);
  const { verdict, causes } = judge(facts);
  const now = clock.now();
  // What is only to be known is no reason of a verdict.
  const worst = verdict === 'licensing' ? undefined : causes[0];
  const text = worst?.text ?? null;
  const isSame = before?.verdict === verdict;
  if (verdict !== 'licensing') {
    const codes = causes.map(({ code }) => code);
    logger.warn('The verdict is not licensing', { verdict, causes: codes, text });
  }
  const stored: KnownVerdict = { verdict, since: isSame ? before.since : now, at: now, text };
  // Another process that was faster has reported it.
  await cursors.commit(verdictCursor, cursor, JSON.stringify(stored));
  if (isSame || (before === undefined && verdict === 'licensing')) return { facts, verdict };
  events.emit({
    event: 'verdict',
    subject: verdict,
    reason: {
      code: worst === undefined ? 'status/licensing' : 'status/changed',
      text: text ?? 'Users are being licensed',
    },
  });
  return { facts, verdict };
}
