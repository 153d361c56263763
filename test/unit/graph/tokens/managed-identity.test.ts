import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DefaultAzureCredential } from '@azure/identity';
import { AccessTokens } from '../../../../shared/graph/tokens/access-tokens';
import { takingClaims } from '../../../../shared/graph/tokens/managed-identity';
import { readManagedIdentity } from '../../../../shared/config/managed-identity';
import { startScriptedGraph } from '../../../support/scripted-graph';
import type { ScriptedGraph } from '../../../support/scripted-graph';

/** App Service's identity endpoint. https://learn.microsoft.com/azure/app-service/overview-managed-identity */
let endpoint: ScriptedGraph;
const before = { ...process.env };
beforeAll(async () => {
  endpoint = await startScriptedGraph();
  let issued = 0;
  endpoint.script = () => ({
    status: 200,
    body: {
      access_token: `token-${String(++issued)}`,
      expires_on: String(Math.floor(Date.now() / 1_000) + 86_400),
      resource: 'https://graph.microsoft.com',
      token_type: 'Bearer',
      client_id: 'c',
    },
  });
  process.env['IDENTITY_ENDPOINT'] = `${endpoint.origin}/msi/token`;
  process.env['IDENTITY_HEADER'] = 'secret';
  process.env['AZURE_TOKEN_CREDENTIALS'] = 'ManagedIdentityCredential';
});
afterAll(async () => {
  process.env = before;
  await endpoint.close();
});

it('a refused token of the managed identity is replaced, and the new one is kept', async () => {
  const identity = readManagedIdentity({ IDENTITY_ENDPOINT: endpoint.origin });
  const credential = takingClaims(new DefaultAzureCredential(), identity);
  const tokens = new AccessTokens(credential, 'https://graph.microsoft.com/.default');

  const first = await tokens.get();
  expect(await tokens.get()).toBe(first);
  expect(tokens.refused(first, null)).toBe(true);
  const second = await tokens.get();

  expect(second).not.toBe(first);
  expect(await tokens.get()).toBe(second);
  expect(endpoint.seen).toHaveLength(2);
});
