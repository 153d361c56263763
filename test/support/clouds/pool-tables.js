// One process of Azurite for all test files that need real tables: each file gets an account of its own, whose tables
// no other file sees. Started when the first file asks. Plain JavaScript, as pool.js.
const { spawn } = require('node:child_process');
const { randomBytes, randomInt } = require('node:crypto');
const { connect, createServer } = require('node:net');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const main = join(__dirname, '..', '..', '..', 'node_modules', 'azurite', 'dist', 'src', 'table', 'main.js');
/** Azurite reads its accounts when it starts: more than a run of all tests takes. */
const mostAccounts = 200;

/** Below the ports of outgoing connections: none of those takes it before Azurite listens. */
async function freePort() {
  const server = createServer();
  const listens = (port) =>
    new Promise((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
  let port;
  do port = randomInt(15_000, 20_000);
  while (!(await listens(port)));
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function start() {
  const port = await freePort();
  const accountKey = randomBytes(64).toString('base64');
  const accounts = Array.from({ length: mostAccounts }, (_, index) => `licenser${index}`);
  const child = spawn(
    process.execPath,
    [
      ...[main, '--tableHost', '127.0.0.1', '--tablePort', String(port), '--inMemoryPersistence'],
      ...['--silent', '--skipApiVersionCheck', '--disableTelemetry'],
    ],
    {
      stdio: 'ignore',
      env: { ...process.env, AZURITE_ACCOUNTS: accounts.map((name) => `${name}:${accountKey}`).join(';') },
    },
  );
  // Not even a run that is killed leaves it behind.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`The table emulator ended with code ${child.exitCode}`);
    await sleep(20);
  }
  return { port, accountKey, accounts, child };
}

/** Lends accounts of one process; `stop` ends it. */
module.exports = function makeTablesPool() {
  let started;
  return {
    lend: async () => {
      const { port, accountKey, accounts } = await (started ??= start());
      const accountName = accounts.pop();
      if (accountName === undefined) throw new Error(`More than ${mostAccounts} files have asked for tables`);
      return { endpoint: `http://127.0.0.1:${port}/${accountName}`, accountName, accountKey };
    },
    stop: async () => {
      if (started === undefined) return;
      const { child } = await started;
      if (child.exitCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
};
