import type { Directory } from '../../graph/directory';
import type { Clock } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import { within } from '../../kernel/within';

/**
 * The tenant's default domain, so that people see which tenant they look at; null: Graph has not said it. Kept by one
 * process for a day, and asked for again after a minute while Graph does not answer. Waits for Graph a second at most:
 * the page also opens while Graph is away. Never throws.
 */
export function rememberDomain(
  directory: Pick<Directory, 'defaultDomain'>,
  clock: Clock,
): () => Promise<string | null> {
  let known: { readonly domain: string | null; readonly until: number } | undefined;
  let reading: Promise<void> | undefined;
  const keep = (domain: string | null, forMs: number) => (known = { domain, until: clock.now() + forMs });
  const read = async () => {
    try {
      keep(await directory.defaultDomain(), timing.ops.domainKnown.ms);
    } catch {
      keep(known?.domain ?? null, timing.ops.domainUnknown.ms);
    }
    reading = undefined;
  };
  return async () => {
    if (known !== undefined && clock.now() < known.until) return known.domain;
    reading ??= read();
    await within(reading, timing.ops.domainWait.ms, clock);
    // It is still being read: who asks within the next minute does not wait for it again.
    if (reading !== undefined) keep(known?.domain ?? null, timing.ops.domainUnknown.ms);
    return known?.domain ?? null;
  };
}
