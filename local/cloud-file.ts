import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * `.licenser/local.json` (ignored by git, mode 0600): ports, pids and local secrets of the running embedded cloud.
 * The CLI's `--target local` and `npm run local:functions` read it.
 */
export type LocalCloud = {
  /** ISO 8601 */
  readonly startedAt: string;
  /** The first sync is through. */
  readonly ready?: true;
  readonly serviceBus: {
    readonly pid: number;
    readonly port: number;
    readonly managementPort: number;
    readonly connectionString: string;
  };
  readonly graph: {
    readonly pid: number;
    /** http://127.0.0.1:PORT */
    readonly origin: string;
    readonly tenantId: string;
    /** client_credentials token endpoint and the one client it knows. */
    readonly tokenUrl: string;
    readonly clientId: string;
    readonly clientSecret: string;
    /** Sent as x-licenser-control with what changes something under /_local. */
    readonly controlKey: string;
  };
  readonly tables: {
    readonly pid: number;
    /** http://127.0.0.1:PORT/ACCOUNT */
    readonly endpoint: string;
    readonly accountName: string;
    readonly accountKey: string;
  };
  readonly functions: {
    readonly pids: readonly number[];
    /** http://127.0.0.1:PORT */
    readonly origin: string;
    readonly masterKey: string;
    readonly functionKey: string;
    readonly clientState: string;
  };
  /** The OpenID issuer: people sign in to the ops API there. Absent: a cloud without one. */
  readonly identity?: { readonly origin: string; readonly clientId: string };
  /** App Service's identity endpoint, for a functions host that has none of its own. Absent: a cloud without one. */
  readonly managedIdentity?: {
    /** IDENTITY_ENDPOINT: http://127.0.0.1:PORT/msi/token */
    readonly endpoint: string;
    /** IDENTITY_HEADER */
    readonly header: string;
  };
  /** Blobs for the timer locks of Microsoft's functions host. Absent: not asked for. */
  readonly blobs?: {
    readonly pid: number;
    /** http://127.0.0.1:PORT/ACCOUNT, of the tables' account */
    readonly endpoint: string;
  };
  /** Settings of the app that differ from their defaults, as every functions host of this cloud gets them. */
  readonly settings: Readonly<Record<string, string>>;
};

/** Where the running cloud of the project in `root` is described. */
export function cloudFilePath(root: string): string {
  return join(root, '.licenser', 'local.json');
}

/** Writes the description in one step; only the user may read it, because it holds the keys. */
export function writeCloudFile(path: string, cloud: LocalCloud): void {
  writePrivateJson(path, cloud);
}

/** Writes the file in one step; only the user may read it. */
export function writePrivateJson(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const next = `${path}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, path);
}

/** undefined: no cloud has been started here. Anything unreadable counts as none. */
export function readCloudFile(path: string): LocalCloud | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LocalCloud;
  } catch {
    return undefined;
  }
}

/** Files that another cloud has written since, in the same folder, stay: that cloud still runs. `others`: go with it. */
export function removeCloudFile(
  path: string,
  mine: Pick<LocalCloud, 'startedAt'>,
  others: readonly string[] = [],
): void {
  if (readCloudFile(path)?.startedAt !== mine.startedAt) return;
  for (const file of [path, ...others]) rmSync(file, { force: true });
}
