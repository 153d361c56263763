import { PermanentError } from './errors';

/** An ISO 8601 duration in parts; years and months have no fixed length. */
export type IsoDuration = { readonly months: number; readonly ms: number };

const form =
  /^p(?=.)(?:(\d+)y)?(?:(\d+)m)?(?:(\d+)w)?(?:(\d+)d)?(?:t(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?)?$/i;

/** `P1DT6H`, `p14d`, `P2W`, in any letter case; undefined when it is none. */
export function readIsoDuration(text: string): IsoDuration | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return {
    months: years * 12 + months,
    ms: Math.round(((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000),
  };
}

/**
 * An ISO 8601 duration of weeks to seconds, as Service Bus writes them (PT1M), in milliseconds.
 * @throws PermanentError `queue/bad-duration` for any other text
 */
export function parseIsoDuration(text: string): number {
  const duration = readIsoDuration(text);
  if (duration === undefined || duration.months > 0) {
    throw new PermanentError('queue/bad-duration', `"${text}" is no duration`);
  }
  return duration.ms;
}
