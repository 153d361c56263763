/**
 * A Retry-After header of the table service, in milliseconds: it sends seconds
 * (https://learn.microsoft.com/azure/storage/common/storage-monitoring-diagnosing-troubleshooting).
 */
export function retryAfterMs(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header && Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * 1000) : undefined;
}
