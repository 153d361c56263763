import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** PEM texts. */
export type Certificate = { readonly cert: string; readonly key: string };

const ecdsaWithSha256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const commonName = [0x55, 0x04, 0x03];
const subjectAltName = [0x55, 0x1d, 0x11];
const basicConstraints = [0x55, 0x1d, 0x13];

/**
 * A certificate for localhost and 127.0.0.1, valid for a day, written by hand in DER (RFC 5280) so that no test needs
 * another program.
 */
export function makeCertificate(now = new Date()): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(tagged(0x06, Buffer.from(ecdsaWithSha256)));
  const name = sequence(
    tagged(0x31, sequence(tagged(0x06, Buffer.from(commonName)), tagged(0x0c, Buffer.from('localhost')))),
  );
  const dayMs = 86_400_000;
  const toBeSigned = sequence(
    // Version 3.
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    sequence(utcTime(new Date(now.getTime() - dayMs)), utcTime(new Date(now.getTime() + dayMs))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      0xa3,
      sequence(
        extension(basicConstraints, sequence(tagged(0x01, Buffer.from([0xff])))),
        extension(
          subjectAltName,
          sequence(tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.from([127, 0, 0, 1]))),
        ),
      ),
    ),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const der = sequence(toBeSigned, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function extension(id: readonly number[], value: Buffer): Buffer {
  return sequence(tagged(0x06, Buffer.from(id)), tagged(0x04, value));
}

function utcTime(time: Date): Buffer {
  return tagged(0x17, Buffer.from(`${time.toISOString().slice(2, 19).replace(/[-T:]/g, '')}Z`));
}
