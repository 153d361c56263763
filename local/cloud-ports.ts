import type { Logger } from '../shared/kernel/logger';
import { takePort } from '../packages/emulator-kit/src/free-port';

/** TCP ports on 127.0.0.1; 0 asks for any free one. */
export type CloudPorts = {
  readonly functions: number;
  readonly graph: number;
  readonly serviceBus: number;
  readonly serviceBusManagement: number;
  readonly tables: number;
  readonly identity: number;
  readonly managedIdentity: number;
  readonly blobs: number;
};

/** What the documentation names; a busy one is replaced by a free one. */
export const defaultPorts: CloudPorts = {
  functions: 7071,
  graph: 7072,
  serviceBus: 5672,
  serviceBusManagement: 5300,
  tables: 10002,
  identity: 7073,
  managedIdentity: 7074,
  blobs: 10000,
};

/** Any free port for each process. */
export const freePorts: CloudPorts = {
  functions: 0,
  graph: 0,
  serviceBus: 0,
  serviceBusManagement: 0,
  tables: 0,
  identity: 0,
  managedIdentity: 0,
  blobs: 0,
};

/** The wanted ports, each replaced by a free one where it is busy or 0. */
export async function takePorts(wanted: CloudPorts, log: Logger): Promise<CloudPorts> {
  const take = async (name: keyof CloudPorts): Promise<number> => {
    const port = await takePort(wanted[name]);
    if (wanted[name] !== 0 && port !== wanted[name]) {
      log.info('Port busy, taking another', { process: name, busy: wanted[name], port });
    }
    return port;
  };
  return {
    functions: await take('functions'),
    graph: await take('graph'),
    serviceBus: await take('serviceBus'),
    serviceBusManagement: await take('serviceBusManagement'),
    tables: await take('tables'),
    identity: await take('identity'),
    managedIdentity: await take('managedIdentity'),
    blobs: await take('blobs'),
  };
}
