import { expect, it } from '@jest/globals';
import { readClaims } from '../../../shared/ops/doctor/token-claims';

it.each([
  ['https://graph.microsoft.com', 'https://graph.microsoft.com/.default'],
  ['https://graph.microsoft.us', 'https://graph.microsoft.us/.default'],
  ['https://microsoftgraph.chinacloudapi.cn', 'https://microsoftgraph.chinacloudapi.cn/.default'],
  ['http://127.0.0.1:7072', 'https://graph.microsoft.com/.default'],
])('a token for the Graph at %s is asked for with the scope %s', async (origin, scope) => {
  const asked: unknown[] = [];
  const payload = Buffer.from(JSON.stringify({ roles: ['User.Read.All'] })).toString('base64url');
  const getToken = async (wanted: string | string[]) => {
    asked.push(wanted);
    return { token: `h.${payload}.s`, expiresOnTimestamp: 0 };
  };

  expect(await readClaims({ getToken }, origin)).toEqual(['User.Read.All']);
  expect(asked).toEqual([scope]);
});
