import type { IncomingMessage } from 'node:http';

/**
 * Whether a request on loopback comes from a program of this machine, not from a page that a browser shows: a page sends
 * its own origin, and a name that was rebound to 127.0.0.1 stands in Host.
 * https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Origin
 */
export function isOwnRequest({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const { host = '', origin } = headers;
  if (!isLoopbackOrigin(`http://${host}`)) return false;
  return origin === undefined || isLoopbackOrigin(origin);
}

function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
