import { connect } from 'node:net';
import { UserError } from '../shared/kernel/errors';
import { toAppSettings, toHostSettings } from './app-settings';
import { cloudFilePath, readCloudFile } from './cloud-file';
import type { LocalCloud } from './cloud-file';

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('connect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}

async function isRunning(cloud: LocalCloud): Promise<boolean> {
  const ports = [cloud.serviceBus.port, Number(new URL(cloud.tables.endpoint).port)];
  return (await Promise.all(ports.map(answers))).every(Boolean);
}

/** The environment of a further host of the cloud that `.licenser/local.json` of `root` names. */
export async function joinCloud(root: string): Promise<Record<string, string>> {
  const path = cloudFilePath(root);
  const cloud = readCloudFile(path);
  if (!cloud || !(await isRunning(cloud))) {
    throw new UserError('functions-host/no-cloud', `No embedded cloud is running here (${path})`, {
      hint: 'Start one with "npm start" in another terminal; this command adds a functions host to it.',
    });
  }
  return { ...toAppSettings(cloud, root), ...toHostSettings(cloud) };
}
