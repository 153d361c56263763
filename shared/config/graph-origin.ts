import { microsoftClouds, isLoopback } from '../kernel/microsoft-cloud';
import { UserError } from '../kernel/errors';

const microsoftHosts = new Set(microsoftClouds.map(({ graphOrigin }) => new URL(graphOrigin).hostname));

/**
 * The origin (scheme, host and port, no path) where Graph's tokens may be sent: Microsoft Graph's own hosts (https),
 * or this machine. Everything else is refused, so that a real token can never leave by a wrong setting.
 * @throws UserError `config/graph-origin`
 */
export function parseGraphOrigin(text: string): string {
  const refuse = (why: string) =>
    new UserError('config/graph-origin', `LICENSER_GRAPH_ORIGIN is "${text}": ${why}`, {
      hint: 'Leave it out for https://graph.microsoft.com, or give a loopback origin such as http://127.0.0.1:7072.',
    });
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refuse('that is not a URL');
  }
  if (url.username !== '' || url.password !== '') throw refuse('a user name or password may not stand in it');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw refuse('it must be an origin, without a path');
  }
  if (microsoftHosts.has(url.hostname)) {
    if (url.protocol !== 'https:') throw refuse("Microsoft's Graph is reached by https only");
    if (url.port !== '') throw refuse("Microsoft's Graph has no other port than 443");
    return url.origin;
  }
  if (isLoopback(url.hostname) && (url.protocol === 'http:' || url.protocol === 'https:')) return url.origin;
  throw refuse("it is neither Microsoft's nor on this machine, and access tokens would be sent there");
}
