import { describe, expect, it, jest } from '@jest/globals';
import { DefaultAzureCredential, DeviceCodeCredential, InteractiveBrowserCredential } from '@azure/identity';
import { makeTenantCredential } from '../../../../cli/target/tenant/tenant-credential';
import { rememberToken } from '../../../../cli/target/tenant/remember-token';
import { loadTenantSettings } from '../../../../shared/config/tenant-settings';
import { UserError } from '../../../../shared/kernel/errors';

const io = { complain: () => undefined, now: () => 0 };

describe('the settings of a tenant alone', () => {
  it('need none', () => {
    expect(loadTenantSettings({})).toEqual({
      graphOrigin: 'https://graph.microsoft.com',
      authority: 'https://login.microsoftonline.com',
      tenant: null,
      token: null,
      policyPath: null,
      permissions: 'full',
    });
  });

  it.each([
    ['https://graph.microsoft.us', 'https://login.microsoftonline.us'],
    ['https://dod-graph.microsoft.us', 'https://login.microsoftonline.us'],
    ['https://microsoftgraph.chinacloudapi.cn', 'https://login.partner.microsoftonline.cn'],
    ['http://127.0.0.1:7072', 'https://login.microsoftonline.com'],
  ])('at %s sign in at %s', (origin, authority) => {
    expect(loadTenantSettings({ LICENSER_GRAPH_ORIGIN: origin }).authority).toBe(authority);
  });

  it('send a token nowhere but to Microsoft or this machine', () => {
    const wrong = {
      LICENSER_GRAPH_ORIGIN: 'https://graph.example.com',
      LICENSER_GRAPH_TOKEN: 'secret-token',
    };

    expect(() => loadTenantSettings(wrong)).toThrow(UserError);
    expect(() => loadTenantSettings(wrong)).not.toThrow('secret-token');
  });
});

describe('signing in', () => {
  const settings = loadTenantSettings({});

  it('takes a ready token, also where an account is signed in', async () => {
    const ready = loadTenantSettings({ LICENSER_GRAPH_TOKEN: 'ready' });

    expect((await makeTenantCredential({}, ready, io).getToken('scope'))?.token).toBe('ready');
  });

  it('asks a person who wants to be asked, although a token is there', async () => {
    const ready = loadTenantSettings({ LICENSER_GRAPH_TOKEN: 'ready' });
    const asked: string[] = [];
    for (const [type, signIn] of [
      [InteractiveBrowserCredential, 'browser'],
      [DeviceCodeCredential, 'device'],
    ] as const) {
      const asking = jest.spyOn(type.prototype, 'getToken').mockImplementation(async () => {
        asked.push(signIn);
        return { token: signIn, expiresOnTimestamp: 10 * 3_600_000 };
      });
      const credential = makeTenantCredential({ signIn, clientId: 'mine' }, ready, io);
      expect((await credential.getToken('scope'))?.token).toBe(signIn);
      asking.mockRestore();
    }

    expect(asked).toEqual(['browser', 'device']);
  });

  it('otherwise finds who is signed in already', async () => {
    const found = { token: 'found', expiresOnTimestamp: 1e12 };
    const asking = jest.spyOn(DefaultAzureCredential.prototype, 'getToken').mockResolvedValue(found);

    expect((await makeTenantCredential({}, settings, io).getToken('scope'))?.token).toBe('found');
    asking.mockRestore();
  });

  it('asks for a token again only when it ends', async () => {
    let [now, asked] = [0, 0];
    const hour = 3_600_000;
    const credential = rememberToken(
      { getToken: async () => ({ token: `token ${++asked}`, expiresOnTimestamp: now + hour }) },
      () => now,
    );
    const tokenAt = async (at: number, scope = 'a') => {
      now = at;
      return (await credential.getToken(scope))?.token;
    };

    expect(await tokenAt(0)).toBe('token 1');
    expect(await tokenAt(hour - 301_000)).toBe('token 1');
    expect(await tokenAt(hour - 299_000)).toBe('token 2');
    expect(await tokenAt(hour - 299_000, 'b')).toBe('token 3');
  });
});
