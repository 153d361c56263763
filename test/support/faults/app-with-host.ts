import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../local-cloud';

/** The built app in `folder`, with these settings of Service Bus in its host.json. */
export function makeAppWithHost(folder: string, serviceBus: Readonly<Record<string, unknown>>): string {
  const host = JSON.parse(readFileSync(join(projectRoot, 'host.json'), 'utf8')) as {
    extensions: { serviceBus: Record<string, unknown> };
  };
  Object.assign(host.extensions.serviceBus, serviceBus);
  writeFileSync(join(folder, 'host.json'), JSON.stringify(host));
  cpSync(join(projectRoot, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(projectRoot, 'dist'), join(folder, 'dist'));
  return folder;
}
