import { closeSync, openSync, writeSync } from 'node:fs';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';

const mostMembers = 400;

/** The sample's people and groups, and more groups of up to 400 of the people; a tenant file. */
export function writeLargeTenant(path: string, { users, groups }: { users: number; groups: number }): void {
  const file = openSync(path, 'w', 0o600);
  const write = (line: object) => writeSync(file, `${JSON.stringify(line)}\n`);
  const ids: string[] = [];
  let written = 0;
  for (const line of makeTenant({ users, seed: 8 })) {
    if (line.type === 'user') ids.push(line.id);
    if (line.type === 'group') written++;
    write(line);
  }
  for (let number = written; number < groups; number++) {
    const first = (number * 37) % Math.max(1, ids.length - mostMembers);
    write({
      type: 'group',
      id: `30000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
      displayName: `Team ${String(number)}`,
      securityEnabled: true,
      members: ids.slice(first, first + 1 + ((number * 7) % mostMembers)),
    });
  }
  closeSync(file);
}
