// Which program the Azure CLI is.
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/**
 * On Windows `az` is a command file, which only cmd.exe can start, and cmd.exe takes `&`, `%` and quotes in an argument for
 * its own. So the Python behind the file is started as the file does it, without any shell:
 * https://github.com/Azure/azure-cli/blob/dev/build_scripts/windows/scripts/az_msi.cmd (the installer, winget, the ZIP) and
 * https://github.com/Azure/azure-cli/blob/dev/src/azure-cli/az.bat (pip).
 *
 * @param {NodeJS.ProcessEnv} env its PATH is searched
 * @param {NodeJS.Platform} platform
 * @returns {{ program: string, first: string[] } | null} first: arguments that come before `az`'s own; null: there is no
 *   Azure CLI, or one that was installed in a way that is not known here
 */
export function findAzure(env, platform) {
  if (platform !== 'win32') return { program: 'az', first: [] };
  const files = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => ['az.cmd', 'az.bat'].map((name) => join(folder, name)));
  for (const file of files.filter((path) => existsSync(path))) {
    const folder = dirname(file);
    const python = [join(dirname(folder), 'python.exe'), join(folder, 'python.exe')].find((path) =>
      existsSync(path),
    );
    // -I: no package of the current folder comes before the CLI's own.
    if (python !== undefined) return { program: python, first: ['-IBm', 'azure.cli'] };
  }
  return null;
}
