// Finds the Bicep compiler: $BICEP, `bicep` on the PATH, the one that `az bicep install` has put in its folder, or
// Microsoft's NuGet package, which `dotnet` brings to .build/bicep once.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The version that the committed snapshots are made with. */
export const compilerVersion = '0.49.2';

const systems = { linux: 'linux', darwin: 'osx', win32: 'win' };
const program = process.platform === 'win32' ? 'bicep.exe' : 'bicep';

/** @returns {string | undefined} the first file of this name in a folder of the PATH */
function onPath(name, env) {
  return (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/**
 * @param {string} root the project's folder: the NuGet package is kept under its .build
 * @param {{ env?: NodeJS.ProcessEnv, mayRestore?: boolean, fromNuGet?: boolean }} options mayRestore: `dotnet` may be asked to
 *   download (115 MB, once). Default true. fromNuGet: only the package, whatever else is installed. Default false.
 * @returns {{ path: string } | { missing: string }} missing: why there is none, in words
 */
export function findCompiler(root, { env = process.env, mayRestore = true, fromNuGet = false } = {}) {
  if (env.BICEP && !fromNuGet) {
    return existsSync(env.BICEP) ? { path: env.BICEP } : { missing: `BICEP names no file: ${env.BICEP}` };
  }
  const installed = [
    onPath(program, env),
    // https://learn.microsoft.com/azure/azure-resource-manager/bicep/install: where `az bicep install` puts it.
    join(env.AZURE_CONFIG_DIR ?? join(homedir(), '.azure'), 'bin', program),
  ];
  const known = [...(fromNuGet ? [] : installed), nugetPath(root)].find(
    (path) => path !== undefined && existsSync(path),
  );
  if (known) return { path: known };
  if (!mayRestore) return { missing: 'no compiler is installed' };
  return restoreFromNuGet(root, env);
}

const nugetPackage = () => `Azure.Bicep.CommandLine.${systems[process.platform]}-${process.arch}`;

function nugetPath(root) {
  return join(root, '.build/bicep/packages', nugetPackage().toLowerCase(), compilerVersion, 'tools', program);
}

function restoreFromNuGet(root, env) {
  if (!onPath(process.platform === 'win32' ? 'dotnet.exe' : 'dotnet', env)) {
    return { missing: 'no `bicep`, `az bicep` or `dotnet` is installed' };
  }
  const folder = join(root, '.build', 'bicep');
  mkdirSync(folder, { recursive: true });
  const project = join(folder, 'compiler.csproj');
  // The framework does not matter: nothing is compiled, the package is only downloaded.
  writeFileSync(
    project,
    `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>netstandard2.0</TargetFramework>
    <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
  </PropertyGroup>
  <ItemGroup><PackageDownload Include="${nugetPackage()}" Version="[${compilerVersion}]" /></ItemGroup>
</Project>
`,
  );
  const restored = spawnSync('dotnet', ['restore', project, '--packages', join(folder, 'packages')], {
    env: { ...env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
    encoding: 'utf8',
  });
  const path = nugetPath(root);
  if (restored.status !== 0 || !existsSync(path)) {
    const [line = 'no message'] = (restored.stdout ?? '')
      .split('\n')
      .filter((text) => text.includes('error'));
    return {
      missing: `\`dotnet restore\` did not bring ${nugetPackage()} ${compilerVersion}: ${line.trim()}`,
    };
  }
  chmodSync(path, 0o755);
  return { path };
}
