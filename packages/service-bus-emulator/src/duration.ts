import { UserError } from '../../emulator-kit/src/errors';

const pattern = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
/** .NET's largest TimeSpan, which Azure writes for "never": P10675199DT2H48M5.4775807S. */
const foreverMs = 10_675_199 * 86_400_000;
const forever = 'P10675199DT2H48M5.4775807S';

/** Milliseconds of an ISO 8601 duration of days, hours, minutes, seconds. Infinity for .NET's largest one. */
export function parseDuration(text: string): number {
  const match = pattern.exec(text);
  if (!match || text.endsWith('P') || text.endsWith('T')) {
    throw new UserError('service-bus/bad-duration', `"${text}" is not a duration`, {
      hint: 'Write an ISO 8601 duration such as PT30S, PT1M, PT1H or P14D.',
    });
  }
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  const ms = Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000);
  return ms >= foreverMs ? Infinity : ms;
}

/** The shortest spelling of a duration; Infinity becomes .NET's largest one. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms >= foreverMs) return forever;
  const days = Math.floor(ms / 86_400_000);
  const hours = Math.floor(ms / 3_600_000) % 24;
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = (ms % 60_000) / 1_000;
  const time = [hours && `${hours}H`, minutes && `${minutes}M`, seconds && `${seconds}S`]
    .filter(Boolean)
    .join('');
  if (days === 0 && time === '') return 'PT0S';
  return `P${days ? `${days}D` : ''}${time ? `T${time}` : ''}`;
}
