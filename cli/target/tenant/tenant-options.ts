import { Option } from 'commander';
import type { Command } from 'commander';

/** --sign-in and --client-id of commands that look at a tenant without the app. */
export function addSignInOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--sign-in <how>', 'with --target tenant: sign in now, in a browser or with a code').choices(
        ['browser', 'device'],
      ),
    )
    .addOption(
      new Option(
        '--client-id <id>',
        'an app registration of yours to sign in with (default: Microsoft’s own)',
      ),
    );
}
