/** `[d.]hh:mm:ss[.fffffff]`, .NET's TimeSpan. */
const timeSpan = /^(?:(\d+)[.:])?(\d{1,2}):(\d{1,2}):(\d{1,2}(?:\.\d{1,7})?)$/;

/**
 * Milliseconds of a .NET TimeSpan in its constant format; undefined when `text` is none.
 * Hours above 23 are refused: .NET would read "24:00:00" as 24 days.
 * Source: https://learn.microsoft.com/dotnet/standard/base-types/standard-timespan-format-strings
 */
export function parseTimeSpan(text: string): number | undefined {
  const found = timeSpan.exec(text.trim());
  if (!found) return undefined;
  const [days, hours, minutes, seconds] = [found[1] ?? '0', found[2], found[3], found[4]].map(Number);
  if (days === undefined || hours === undefined || minutes === undefined || seconds === undefined)
    return undefined;
  if (hours > 23 || minutes > 59 || seconds >= 60) return undefined;
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000);
}
