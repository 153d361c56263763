import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleSettings } from '../../demo/sample-settings';
import { startCloud } from '../../local/cloud';
import type { RunningCloud } from '../../local/cloud';
import { freePorts } from '../../local/cloud-ports';
import { projectRoot } from '../../local/project-root';
import { silentLogger } from '../../shared/kernel/logger';

/**
 * An embedded cloud whose functions host has the webhook and the bare route, and nothing else: no function takes what they
 * queue. `stop` removes its files, too.
 * @throws when a process does not start
 */
export async function startWebhookCloud(): Promise<{ cloud: RunningCloud; stop: () => Promise<void> }> {
  const root = projectRoot();
  const folder = mkdtempSync(join(tmpdir(), 'bench-webhook-'));
  const removeFiles = () => rmSync(folder, { recursive: true, force: true });
  const functions = [
    join(root, 'dist', 'functions', 'graph-notification.js'),
    join(root, 'dist', 'bench', 'webhook-cloud', 'bare-route.js'),
  ];
  cpSync(join(root, 'host.json'), join(folder, 'host.json'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ main: 'main.js' }));
  writeFileSync(
    join(folder, 'main.js'),
    functions.map((file) => `require(${JSON.stringify(file)});\n`).join(''),
  );
  try {
    const cloud = await startCloud({
      root,
      appRoot: folder,
      log: silentLogger,
      ports: freePorts,
      quotaFactor: 1,
      settings: sampleSettings(join(root, 'policy', 'sample-tenant.yaml'), 1),
      ...(process.env['BENCH_LINES'] === undefined
        ? {}
        : { onLine: (name, line) => process.stderr.write(`${name}: ${line}\n`) }),
    });
    const stop = async () => {
      await cloud.stop();
      removeFiles();
    };
    return { cloud, stop };
  } catch (error) {
    removeFiles();
    throw error;
  }
}
