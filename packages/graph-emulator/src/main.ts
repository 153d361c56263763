#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { UserError } from '../../emulator-kit/src/errors';
import { announceReady, stopWithParent } from '../../emulator-kit/src/child-process';
import { insistOnPort, takePort } from '../../emulator-kit/src/free-port';
import { makeTenant, sampleOptions } from './tenant/make-tenant';
import { readTenantFile } from './tenant/read-tenant-file';
import { readArguments, usage } from './arguments';
import type { GraphArguments } from './arguments';
import { openDataFile } from './data/open-data-file';
import { startGraph } from './start-graph';

async function main(args: GraphArguments): Promise<void> {
  const port = args.isPortChosen ? await insistOnPort(args.port, '--port') : await takePort(args.port);
  const {
    LOCAL_GRAPH_CLIENT_ID: clientId,
    LOCAL_GRAPH_CLIENT_SECRET: clientSecret,
    LOCAL_GRAPH_CONTROL_KEY: controlKey,
  } = process.env;
  const readTenant = () =>
    args.tenant === undefined ? makeTenant(sampleOptions) : readTenantFile(args.tenant);
  const state = args.data === undefined ? { tenant: readTenant() } : openDataFile(args.data, readTenant);
  const graph = await startGraph({
    port,
    host: args.host,
    ...state,
    settings: { quotaFactor: args.quotaFactor },
    partnerTopics: args.partnerTopics,
    ...(args.linksOrigin === undefined ? {} : { linksOrigin: args.linksOrigin }),
    ...(clientId ? { clientId } : {}),
    ...(clientSecret ? { clientSecret } : {}),
    ...(controlKey ? { controlKey } : {}),
    ...(args.tlsCert !== undefined && args.tlsKey !== undefined
      ? { tls: { cert: readFileSync(args.tlsCert, 'utf8'), key: readFileSync(args.tlsKey, 'utf8') } }
      : {}),
  });
  stopWithParent(() => graph.stop());
  const { tenantId } = graph.engine.tenant.facts;
  announceReady({
    port: graph.port,
    origin: graph.origin,
    tenantId,
    tokenUrl: graph.tokenUrl,
    clientId: graph.clientId,
    // Only a parent that did not choose the secret has to be told.
    ...(clientSecret ? {} : { clientSecret: graph.clientSecret }),
  });
  if (!process.connected) {
    process.stdout.write(
      `Graph ${graph.origin}/v1.0\nTenant ${tenantId}, ${graph.engine.tenant.userCount} users\n` +
        `Token ${graph.tokenUrl}\nClient ${graph.clientId}\n` +
        (clientSecret ? '' : `Secret ${graph.clientSecret}\n`),
    );
  }
}

function fail(error: unknown): void {
  if (error instanceof UserError) {
    process.stderr.write(`${error.message}\n${error.hint ? `${error.hint}\n` : ''}`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}

try {
  const args = readArguments(process.argv.slice(2));
  if (args.isHelp) process.stdout.write(usage);
  else main(args).catch(fail);
} catch (error) {
  fail(error);
}
