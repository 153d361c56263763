import { PermanentError } from './errors';

const form = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/**
 * An ISO 8601 duration of days to seconds, as Service Bus writes them (PT1M), in milliseconds.
 * @throws PermanentError `queue/bad-duration` for any other text
 */
export function parseIsoDuration(text: string): number {
  const match = form.exec(text);
  if (match === null) throw new PermanentError('queue/bad-duration', `"${text}" is no duration`);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000);
}
