import { now } from '../data/pace';
import { duration, localTime } from './format';

/** A time in the reader's zone; UTC on hover. */
export function Time({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={`${at} (UTC)`}>
      {localTime(at, now.value)}
    </time>
  );
}

/** `24 min`, growing. */
export function Age({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={`${at} (UTC)`}>
      {duration(now.value - Date.parse(at))}
    </time>
  );
}
