import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './local-cloud';

type QueueConfig = { Properties: { LockDuration: string; MaxDeliveryCount: number } };

/** The project's queues with locks a `divisor` as long, as a file in `folder`; delivery counts stay. Its path. */
export function writeScaledQueues(folder: string, divisor: number): string {
  const path = join(folder, 'service-bus.config.json');
  const config = JSON.parse(readFileSync(join(projectRoot, 'local', 'service-bus.config.json'), 'utf8')) as {
    UserConfig: { Namespaces: { Queues: QueueConfig[] }[] };
  };
  for (const { Properties } of config.UserConfig.Namespaces.flatMap(({ Queues }) => Queues)) {
    Properties.LockDuration = `PT${secondsOf(Properties.LockDuration) / divisor}S`;
  }
  writeFileSync(path, JSON.stringify(config));
  return path;
}

function secondsOf(duration: string): number {
  const [, minutes = '0', seconds = '0'] = /^PT(?:(\d+)M)?(?:(\d+)S)?$/.exec(duration) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}
