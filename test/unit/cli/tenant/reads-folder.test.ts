import { expect, it } from '@jest/globals';
import { findReadsFolder } from '../../../../cli/target/tenant/keep-tenant-reads';

const origin = 'https://graph.microsoft.com';
const person = { tid: 't', oid: 'o', appid: 'a', scp: 'User.Read.All Group.Read.All' };
const folderOf = (claims: object, at = origin) => {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return findReadsFolder({ getToken: async () => ({ token: `h.${payload}.s`, expiresOnTimestamp: 0 }) }, at);
};

it('what a token has read is for tokens that may read the same', async () => {
  const same = await folderOf({ ...person, scp: 'Group.Read.All User.Read.All', iat: 5 });

  expect(same).toBe(await folderOf(person));
  for (const other of [
    { ...person, scp: 'User.Read.All' },
    { ...person, appid: 'b' },
    { ...person, oid: 'p' },
    { ...person, tid: 'u' },
    { ...person, scp: undefined, roles: ['User.Read.All'] },
  ]) {
    expect(await folderOf(other)).not.toBe(same);
  }
  expect(await folderOf(person, 'https://graph.microsoft.us')).not.toBe(same);
});

it('a token that does not tell whose it is keeps nothing', async () => {
  expect(await folderOf({ ...person, tid: undefined })).toBeUndefined();
});
