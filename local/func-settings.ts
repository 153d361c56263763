import { join } from 'node:path';
import { toAppSettings } from './app-settings';
import type { LocalCloud } from './cloud-file';

/** A local.settings.json, as `func start` of Core Tools reads it. */
export type FuncSettings = {
  readonly IsEncrypted: false;
  readonly Host: { readonly LocalHttpPort: number };
  readonly Values: Readonly<Record<string, string>>;
};

/** Beside the functions host of the cloud, which has Core Tools' own port 7071. */
const funcPort = 7075;

/** Where the running cloud of the project in `root` leaves the settings for `func start`; ignored by git. */
export function funcSettingsPath(root: string): string {
  return join(root, '.licenser', 'local.settings.json');
}

/**
 * What Microsoft's functions host needs to work as a further host of this cloud. It has no identity on a developer's
 * machine, so it is given the cloud's: App Service's two variables, which DefaultAzureCredential looks for.
 * https://learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file
 */
export function toFuncSettings(cloud: LocalCloud, root: string): FuncSettings {
  const { managedIdentity } = cloud;
  return {
    IsEncrypted: false,
    Host: { LocalHttpPort: funcPort },
    Values: {
      FUNCTIONS_WORKER_RUNTIME: 'node',
      ...toAppSettings(cloud, root),
      ...(managedIdentity === undefined
        ? {}
        : { IDENTITY_ENDPOINT: managedIdentity.endpoint, IDENTITY_HEADER: managedIdentity.header }),
    },
  };
}
