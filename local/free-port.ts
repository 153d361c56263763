import { createServer } from 'node:net';
import { UserError } from '../shared/kernel/errors';

function canListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}

/** The wanted port when it is free, else one that is (say so when you print it). 0: any free port. */
export async function takePort(wanted: number): Promise<number> {
  const port = (await canListen(wanted)) ?? (await canListen(0));
  if (port === undefined) throw new UserError('local/no-port', 'No free port on 127.0.0.1');
  return port;
}

/** For a port that was asked for by name: busy is an error (exit code 2), never another port. */
export async function insistOnPort(port: number, option: string): Promise<number> {
  const free = await canListen(port);
  if (free === undefined) {
    throw new UserError('local/port-busy', `Port ${port} (${option}) is in use on 127.0.0.1`, {
      hint: `Stop what listens there, or pass another ${option} (0 takes a free one).`,
    });
  }
  return free;
}
