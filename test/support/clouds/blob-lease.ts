import { createHmac } from 'node:crypto';
import type { LocalCloud } from '../../../local/cloud-file';

type Account = { readonly blobs: NonNullable<LocalCloud['blobs']>; readonly tables: LocalCloud['tables'] };

/**
 * One request to the blobs, signed with the account's key as the storage clients do.
 * https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
 */
async function askBlobs(
  { blobs, tables: { accountName, accountKey } }: Account,
  path: string,
  query: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const url = new URL(`${blobs.endpoint}${path}`);
  url.search = new URLSearchParams(query).toString();
  const all: Record<string, string> = {
    'x-ms-date': new Date().toUTCString(),
    'x-ms-version': '2021-12-02',
    ...headers,
  };
  const sorted = (fields: Readonly<Record<string, string>>) =>
    Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = [
    ...['PUT', ...Array.from({ length: 11 }, () => '')],
    ...sorted(all).map(([name, value]) => `${name}:${value}`),
    [`/${accountName}${url.pathname}`, ...sorted(query).map(([name, value]) => `${name}:${value}`)].join(
      '\n',
    ),
  ].join('\n');
  const signature = createHmac('sha256', Buffer.from(accountKey, 'base64')).update(text).digest('base64');
  return fetch(url, {
    method: 'PUT',
    headers: { ...all, authorization: `SharedKey ${accountName}:${signature}` },
  });
}

/**
 * What the functions host does for a timer's lock: a container, a blob in it, and a lease of 15 s that no other host gets.
 * Answers the status of each of the four requests; the last one asks for the lease that is taken.
 */
export async function leaseLikeTheHost(account: Account): Promise<readonly number[]> {
  const container = '/azure-webjobs-hosts';
  const blob = `${container}/lock`;
  const lease = { 'x-ms-lease-action': 'acquire', 'x-ms-lease-duration': '15' };
  const steps = [
    () => askBlobs(account, container, { restype: 'container' }),
    () => askBlobs(account, blob, {}, { 'x-ms-blob-type': 'BlockBlob' }),
    () => askBlobs(account, blob, { comp: 'lease' }, lease),
    () => askBlobs(account, blob, { comp: 'lease' }, lease),
  ];
  const statuses: number[] = [];
  for (const step of steps) statuses.push((await step()).status);
  return statuses;
}
