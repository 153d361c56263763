import { signInLocally } from '../../local/identity/sign-in';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ems, intune, joiner, waitUntilLicensed } from '../support/judge-joiner';
import { projectRoot, startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { startOtlpReceiver } from '../support/clouds/start-otlp-receiver';
import { waitUntil } from '../support/wait-until';

const policy = `version: 1
mode: enforce
usageLocation: { from: country, default: NL }
rules:
  - name: legal
    when: 'user.department -eq "Legal"'
    assign: [{ sku: EMS, disable: [INTUNE_A] }]
`;

/** The zip as Azure unpacks it: in an empty folder, with no node_modules above it. */
function unpack(zip: string, folder: string): void {
  for (const [path, content] of Object.entries(unzipSync(readFileSync(zip)))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

describe('the package that is deployed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  const app = join(folder, 'app');
  let otlp: Awaited<ReturnType<typeof startOtlpReceiver>>;
  let test: TestCloud;

  beforeAll(async () => {
    writeFileSync(join(folder, 'own.yaml'), policy);
    const built = spawnSync(
      process.execPath,
      [
        join(projectRoot, 'scripts', 'package.mjs'),
        ...['--policy', join(folder, 'own.yaml'), '--out', join(folder, 'built')],
      ],
      { encoding: 'utf8' },
    );
    expect(built.stderr).toBe('');
    unpack(join(folder, 'built', 'package.zip'), app);
    otlp = await startOtlpReceiver();
    test = await startTestCloud({
      appRoot: app,
      policy: join(app, 'policy', 'licensing.yaml'),
      settings: { OTEL_EXPORTER_OTLP_ENDPOINT: otlp.endpoint, OTEL_METRIC_EXPORT_INTERVAL: '500' },
    });
  });

  afterAll(async () => {
    await test?.stop();
    await otlp?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('licenses a user, plan by plan, by the policy in it', async () => {
    const [user] = await test.bring([joiner(`lena.${crypto.randomUUID()}`, { department: 'Legal' })]);
    const id = user?.id ?? '';

    await waitUntilLicensed(test, id);

    const writes = (await test.control.writeLog(0)).filter((entry) => entry.userId === id);
    expect(writes.map(({ kind, status }) => ({ kind, status }))).toEqual([
      { kind: 'usageLocation', status: 204 },
      { kind: 'assignLicense', status: 200 },
    ]);
    expect(writes[1]?.add).toEqual([{ skuId: ems, disabledPlans: [intune] }]);
    expect(test.exits).toEqual([]);
  });

  it('exports metrics and traces, whose code is in a file of its own', async () => {
    await waitUntil('metrics are exported', () =>
      Promise.resolve(otlp.metrics().some((series) => (series['licenser.outcomes{licensed}'] ?? 0) >= 1)),
    );
    const write = await waitUntil('the write is exported', () =>
      Promise.resolve(otlp.spans().find(({ name }) => name === 'graph assignLicense')),
    );
    // One context for both files: the write knows the message that led to it.
    await waitUntil('what led to it is exported', () =>
      Promise.resolve(
        otlp
          .spans()
          .some(({ name, spanId }) => name === 'license-changes process' && spanId === write.parentSpanId),
      ),
    );
  });

  it('answers health with the policy that was packed', async () => {
    const answer = await fetch(`${test.cloud.file.functions.origin}/api/health`);

    expect(answer.status).toBe(200);
  });

  it('serves the ops page, which is in it', async () => {
    const page = await fetch(`${test.cloud.file.functions.origin}/api/ui/failures`);
    const [, script = ''] = /src="([^"]+)"/.exec(await page.text()) ?? [];

    expect(page.headers.get('content-security-policy')).toContain(test.cloud.file.identity?.origin);
    const answer = await fetch(`${test.cloud.file.functions.origin}${script}`);
    expect([page.status, answer.status, answer.headers.get('cache-control')]).toEqual([
      ...[200, 200, 'public, max-age=31536000, immutable'],
    ]);
  });

  it('serves the ops API, to callers with a token', async () => {
    const ask = (path: string, headers = {}) =>
      fetch(`${test.cloud.file.functions.origin}/api/ops/v1${path}`, { headers });
    const { token } = await signInLocally(test.cloud.file, 'viewer');

    expect((await ask('/openapi.json')).status).toBe(200);
    expect((await ask('/me')).status).toBe(401);
    expect(await (await ask('/me', { authorization: `Bearer ${token}` })).json()).toMatchObject({
      roles: ['Viewer'],
    });
  });
});
