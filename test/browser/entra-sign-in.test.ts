import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { makeOpsApp } from '../../shared/ops-api/app';
import type { OpsApp } from '../../shared/ops-api/app';
import { makeTokenVerifier } from '../../shared/ops-api/identity/verify-token';
import { answerPage } from '../../shared/ops-page/answer-page';
import { readPage } from '../../shared/ops-page/read-page';
import { entraOrigin, standInForEntra } from '../support/browser/entra';
import { startBrowser } from '../support/browser/open-page';
import { projectRoot } from '../support/local-cloud';
import { clientId, makeOpsWorld, tenantId } from '../support/ops-world';
import { viewLink } from '../support/browser/view-link';
import { waitUntil } from '../support/wait-until';

const settings = { authority: entraOrigin, tenantId, clientId, isLocal: false };

let browser: Browser | undefined;
let server: Server;
let origin: string;
let api: OpsApp;
beforeAll(async () => {
  browser = await startBrowser();
  if (browser === undefined) return;
  const page = readPage(join(projectRoot, 'dist', 'dashboard'));
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', origin);
    const [, path] = /^\/api\/ui\/(.*)$/.exec(url.pathname) ?? [];
    if (path !== undefined) {
      const { status, headers, body } = answerPage(page, settings, { path, acceptEncoding: '' });
      response.writeHead(status, headers).end(body);
      return;
    }
    void api
      .fetch(new Request(url, { headers: request.headers as Record<string, string> }))
      .then(async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

describe('the page with the settings of a deployment', () => {
  it('signs in at Entra’s v2.0 endpoints as a single-page application, and renews its token before it runs out', async () => {
    if (browser === undefined) return;
    const world = await makeOpsWorld();
    const context = await browser.newContext();
    const person = {
      oid: '10000000-0000-4000-8000-0000000000aa',
      userPrincipalName: 'ann@contoso.com',
      roles: ['Operator'],
    };
    const redirectUri = `${origin}/api/ui/`;
    const entra = await standInForEntra(context, { tenantId, clientId, redirectUri, person, now: world.now });
    const { clock } = world.ops.services;
    const verify = makeTokenVerifier({ authority: entraOrigin, tenantId, clientId }, clock, entra.keys);
    api = makeOpsApp({ ops: world.ops, answers: world.answers, verify });
    const page = await context.newPage();
    await page.clock.install();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    const tokens = new Set<string>();
    page.on('request', (request) => {
      if (request.url().includes('/api/ops/')) tokens.add(request.headers()['authorization'] ?? '');
    });

    await page.goto(`${origin}/api/ui/audit?days=7`);
    await page.getByRole('link', { name: 'Ann of Operations' }).click();
    await page.getByRole('heading', { name: 'Audit' }).waitFor();

    // Back at the view of the link, with nothing of the sign-in in the address.
    expect(page.url()).toBe(`${origin}/api/ui/audit?days=7`);
    await page.locator('header', { hasText: 'ann@contoso.com' }).waitFor();
    expect(await page.locator('header').textContent()).toContain('Operator');
    expect(await page.locator('.band').count()).toBe(0);
    expect(tokens.size).toBe(1);

    // Entra’s tokens last between 60 and 90 minutes; this one 75. Five minutes before, it is renewed.
    await page.clock.fastForward('01:11:00');
    await waitUntil('the token is renewed', async () => entra.asked.length === 2);
    await viewLink(page, 'Rollouts').click();
    await waitUntil('the new token is used', async () => tokens.size === 2);
    expect(await page.getByText('Your session has ended').count()).toBe(0);

    expect(entra.asked.map((form) => form.get('grant_type'))).toEqual([
      'authorization_code',
      'refresh_token',
    ]);
    expect(entra.faults).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
