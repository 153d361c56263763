import { createServer } from 'node:net';
import { UserError } from './errors';

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

/**
 * Below the range from which systems give ports to outgoing connections (Linux from 32768, others from 49152): a
 * process that is started again on its port must not find that a connection has taken it meanwhile.
 */
const listenersOwn = { from: 20_000, to: 32_768 };
const attempts = 50;
/** A prime, so that processes started one after another begin far from one another. */
const betweenProcesses = 401;
let taken = 0;

/**
 * Each process counts up from a place of its own: a port that was just given, on which its server does not listen yet,
 * is not given again, neither here nor in a process beside this one.
 */
function nextPort(): number {
  const { from, to } = listenersOwn;
  return from + ((process.pid * betweenProcesses + taken++) % (to - from));
}

async function anyPort(): Promise<number | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = await canListen(nextPort());
    if (port !== undefined) return port;
  }
  return canListen(0);
}

/** The wanted port when it is free, else one that is (say so when you print it). 0: any free port. */
export async function takePort(wanted: number): Promise<number> {
  const port = (wanted === 0 ? undefined : await canListen(wanted)) ?? (await anyPort());
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
