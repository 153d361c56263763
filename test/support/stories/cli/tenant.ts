import { describe, expect, it } from '@jest/globals';
import type { CliWorld } from './cli-world';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

// Real ids: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const ems = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e';
const intune = 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5';
const visio = 'c5928f49-12ba-48f7-ada3-0d743a3601d5';

/** What the CLI says of SKUs, plans and rules of the tenant. */
export function describeTenantCommands(world: CliWorld): void {
  const { licenser, asProcess, json } = world;

  describe('sku plans', () => {
    it('lists the seven plans of EMS with their status', async () => {
      const { code, stdout } = await asProcess('sku', 'plans', 'EMS');

      expect(code).toBe(0);
      const names =
        'AAD_PREMIUM RMS_S_PREMIUM ADALLOM_S_DISCOVERY EXCHANGE_S_FOUNDATION RMS_S_ENTERPRISE MFA_PREMIUM INTUNE_A';
      for (const name of names.split(' ')) expect(stdout).toMatch(new RegExp(`^${name} .*Success`, 'm'));
      const { plans } = await json<{ plans: { servicePlanId: string }[] }>('sku', 'plans', ems);
      expect(plans).toHaveLength(7);
      expect(plans.map(({ servicePlanId }) => servicePlanId)).toContain(intune);
    });

    it('names the SKU that was probably meant', async () => {
      const { code, stderr, stdout } = await asProcess('sku', 'plans', 'EMSS');

      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('Did you mean EMS?');
    });

    it('explains a subscription whose licenses cannot be assigned', async () => {
      await fetch(`${world.test.cloud.file.graph.origin}/_local/skus/${visio}`, {
        method: 'PATCH',
        headers: controlHeaders(world.test.cloud.file.graph),
        body: JSON.stringify({ capabilityStatus: 'Suspended' }),
      });

      const list = await licenser('sku', 'list');
      const plans = await licenser('sku', 'plans', 'VISIOCLIENT');

      expect(list.stdout).toMatch(/^VISIOCLIENT +Suspended .* no$/m);
      expect(list.stdout).toMatch(/^VISIOCLIENT: The subscription is suspended[^:]*: renew it/m);
      expect(plans.stdout).toMatch(/^not for users +The subscription is suspended/m);
    });
  });

  describe('rule explain', () => {
    const rule = 'user.department -eq "Sales" -and user.city -eq null';

    it('reads a user from the tenant, with what the rule looks at', async () => {
      const { body } = await world.test.graph(
        'GET',
        '/users?$select=id,userPrincipalName,department,city&$top=1',
      );
      const [user] = body['value'] as Record<string, string | null>[];
      const byId = ['rule', 'explain', rule, '--user', user?.['id'] ?? '', '--target', 'local'];
      const byName = ['rule', 'explain', rule, '--user', user?.['userPrincipalName'] ?? ''];

      const answers = [await json(...byId), await json(...byName)];

      const parts = [{ value: user?.['department'] }, { value: user?.['city'] }];
      expect(answers).toMatchObject([{ explanation: { parts } }, { explanation: { parts } }]);
    });

    it('says that the tenant does not know a user', async () => {
      const { code, stdout, stderr } = await licenser(
        'rule',
        'explain',
        rule,
        '--user',
        'missing@contoso.com',
      );

      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('The tenant has no user missing@contoso.com');
    });
  });

  it('explains the SKUs of the sample tenant that no user can be given', async () => {
    const list = await licenser('sku', 'list');
    const plans = await licenser('sku', 'plans', 'SHAREPOINTSTORAGE');

    expect(list.stdout).toMatch(/^SHAREPOINTSTORAGE +Enabled .* no$/m);
    expect(list.stdout).toMatch(/^SHAREPOINTSTORAGE: It belongs to the organization as a whole/m);
    expect(list.stdout).toMatch(/^EXCHANGESTANDARD +Suspended .* no$/m);
    expect(list.stdout).toMatch(/^EXCHANGESTANDARD: The subscription is suspended/m);
    expect(plans.stdout).toMatch(/^not for users +It belongs to the organization/m);
  });
}
