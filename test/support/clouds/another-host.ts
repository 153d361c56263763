import { childEnvironment } from '../../../local/app-settings';
import { packageBin } from '../../../local/package-bin';
import { ManagedProcess } from '../../../packages/emulator-kit/src/managed-process';
import { projectRoot } from '../local-cloud';

/**
 * A functions host beside the one of a cloud, not started yet. `settings`: path of its `local.settings.json`. `root`: the
 * app's folder.
 */
export function anotherHost(settings: string, root = projectRoot): ManagedProcess {
  return new ManagedProcess({
    name: 'another-host',
    entry: packageBin(projectRoot, '@auto-licenser/functions-host'),
    args: () => ['--app-root', root, '--settings', settings],
    env: () => childEnvironment(process.env),
    cwd: root,
    onLine: () => undefined,
    onUnexpectedExit: () => undefined,
  });
}
