import { createHmac } from 'node:crypto';
import { sameText } from '../../../emulator-kit/src/secret';

/** A key of the namespace, as a connection string names it. */
export type SharedAccessKey = { readonly name: string; readonly key: string };

/**
 * Whether a token was signed with this key and has not expired.
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas#generate-a-shared-access-signature-token
 * @param now milliseconds
 */
export function isSignedWith(
  { name, key }: SharedAccessKey,
  token: string | undefined,
  now: number,
): boolean {
  const [, text = ''] = /^SharedAccessSignature (.+)$/.exec(token ?? '') ?? [];
  const fields = new Map(
    text.split('&').map((part): [string, string] => {
      const at = part.indexOf('=');
      return [part.slice(0, at), part.slice(at + 1)];
    }),
  );
  const [resource = '', expiry = ''] = [fields.get('sr'), fields.get('se')];
  if (decode(fields.get('skn')) !== name || !(Number(expiry) * 1_000 > now)) return false;
  const signature = createHmac('sha256', key).update(`${resource}\n${expiry}`, 'utf8').digest('base64');
  return sameText(decode(fields.get('sig')), signature);
}

function decode(text = ''): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
