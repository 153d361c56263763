import { subscribe } from 'node:diagnostics_channel';
import { renameSync, writeFileSync } from 'node:fs';
import type { ClientRequest } from 'node:http';

/**
 * Loaded into a process before its own code (`NODE_OPTIONS=--require`): counts the HTTP requests that leave it, by the port
 * they go to, method and table (`10002 GET users`), and writes the counts to REQUESTS_FILE, whole or not at all, at each SIGUSR2.
 * https://nodejs.org/api/diagnostics_channel.html#http
 */
const file = process.env['REQUESTS_FILE'] ?? 'requests.json';
const counts: Record<string, number> = {};

subscribe('http.client.request.start', (message) => {
  const { request } = message as { readonly request: ClientRequest };
  const port = /:(\d+)$/.exec(String(request.getHeader('host') ?? ''))?.[1] ?? '';
  const kind = `${port} ${request.method} ${tableOf(request.path)}`;
  counts[kind] = (counts[kind] ?? 0) + 1;
});

process.on('SIGUSR2', () => {
  writeFileSync(`${file}.part`, JSON.stringify(counts));
  renameSync(`${file}.part`, file);
});

/** Of `/account/table(PartitionKey=…)`, or `$batch`; a transaction names its table only in its body. */
function tableOf(path: string): string {
  return /^\/[^/]+\/([$\w]+)/.exec(path)?.[1] ?? '';
}
