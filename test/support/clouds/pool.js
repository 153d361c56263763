// jest's globalSetup: a pool of embedded clouds that test files borrow one after another (lease-cloud.ts). A cloud is
// started when the first file asks for its kind, and lent to one file at a time: files that run side by side get
// clouds of their own, the next file gets one that already runs. Plain JavaScript over the build, because jest
// transforms this file alone. stop-pool.js ends what runs.
const { createServer } = require('node:http');
const { randomUUID } = require('node:crypto');
const { join } = require('node:path');
const makeTablesPool = require('./pool-tables');

const root = join(__dirname, '..', '..', '..');
/** A cloud that no file has asked for within this time ends: its timers would take processor time from the other tests. */
const idleMs = 20_000;

/** A started cloud with what its processes wrote and how they ended, as one list of events. */
async function startPooled(options) {
  // Loaded when it is needed: unit tests run without a build.
  const { startCloud } = require(join(root, 'dist', 'local', 'cloud.js'));
  const { freePorts } = require(join(root, 'dist', 'local', 'cloud-ports.js'));
  const { silentLogger } = require(join(root, 'dist', 'shared', 'kernel', 'logger.js'));
  const listeners = new Set();
  const tell = (event) => {
    for (const listener of listeners) listener(event);
  };
  const cloud = await startCloud({
    root,
    log: silentLogger,
    ports: freePorts,
    ...options,
    onLine: (name, line) => tell({ line: `${name}: ${line}` }),
    onProcessExit: (exit) => tell({ exit: exit.name }),
  });
  return {
    id: randomUUID(),
    key: JSON.stringify(options),
    cloud,
    extraHosts: new Map(),
    listeners,
    isLent: true,
  };
}

function makePool() {
  const tables = makeTablesPool();
  const clouds = new Map();
  /** Clouds on their way up or down. */
  const changing = new Set();

  async function lend(options) {
    const key = JSON.stringify(options);
    const free = [...clouds.values()].find((one) => !one.isLent && one.key === key);
    if (free) {
      clearTimeout(free.ending);
      free.isLent = true;
      return { id: free.id, file: free.cloud.file, isNew: false };
    }
    const start = startPooled(options);
    changing.add(start);
    const made = await start.finally(() => changing.delete(start));
    clouds.set(made.id, made);
    return { id: made.id, file: made.cloud.file, isNew: true };
  }

  function end(one) {
    clouds.delete(one.id);
    const stopped = one.cloud.stop();
    changing.add(stopped);
    return stopped.finally(() => changing.delete(stopped));
  }

  async function takeBack({ id, isFit }) {
    const one = clouds.get(id);
    if (!one) return {};
    one.listeners.clear();
    // A further host that a file left running would work beside the next file.
    if (isFit && [...one.extraHosts.values()].every(({ pid }) => pid === 0)) {
      one.isLent = false;
      one.ending = setTimeout(
        () => void end(one).catch((error) => process.stderr.write(`${error.stack}\n`)),
        idleMs,
      );
    } else await end(one);
    return {};
  }

  const find = (id) => {
    const one = clouds.get(id);
    if (!one) throw new Error(`No cloud ${id} is lent`);
    return one;
  };
  const processOf = (one, name) => one.cloud.processes[name] ?? one.extraHosts.get(name);

  const calls = {
    '/lend': lend,
    '/take-back': takeBack,
    '/lend-tables': tables.lend,
    '/kill': async ({ id, name, signal }) => {
      const one = find(id);
      await processOf(one, name).kill(signal);
      return { file: one.cloud.file };
    },
    '/restart': async ({ id, name }) => {
      const one = find(id);
      await processOf(one, name).restart();
      return { file: one.cloud.file };
    },
    '/add-host': async ({ id }) => {
      const one = find(id);
      const host = await one.cloud.addFunctionsHost();
      const name = `host-${one.extraHosts.size + 2}`;
      one.extraHosts.set(name, host);
      return { name, origin: host.origin, file: one.cloud.file };
    },
  };

  return {
    call: (path, body) => calls[path](body),
    knows: (path) => Object.hasOwn(calls, path),
    /** Writes one JSON line an event until the reader goes or the cloud is given back. */
    follow: (id, response) => {
      const { listeners } = find(id);
      const write = (event) => response.write(`${JSON.stringify(event)}\n`);
      listeners.add(write);
      response.on('close', () => listeners.delete(write));
      response.writeHead(200).flushHeaders();
    },
    stop: async () => {
      for (const { ending } of clouds.values()) clearTimeout(ending);
      await Promise.allSettled(changing);
      await Promise.all([...[...clouds.values()].map(({ cloud }) => cloud.stop()), tables.stop()]);
    },
  };
}

async function readJson(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text === '' ? {} : JSON.parse(text);
}

module.exports = async () => {
  const pool = makePool();
  const secret = randomUUID();
  const server = createServer((request, response) => {
    const [, given, ...rest] = request.url.split('/');
    const path = `/${rest[0]}`;
    if (given !== secret) return void response.writeHead(404).end();
    if (path === '/events') return void pool.follow(rest[1], response);
    if (!pool.knows(path)) return void response.writeHead(404).end();
    readJson(request)
      .then((body) => pool.call(path, body))
      .then(
        (answer) => response.writeHead(200).end(JSON.stringify(answer)),
        (error) => response.writeHead(500).end(String(error.stack)),
      );
  });
  // Starting a cloud can take long on a busy machine; the caller has its own deadline.
  server.requestTimeout = 0;
  // A connection that ends while a busy worker takes it again would fail its test: it stays until the pool stops.
  server.keepAliveTimeout = 0;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  process.env.LICENSER_CLOUD_POOL = `http://127.0.0.1:${server.address().port}/${secret}`;
  globalThis.stopCloudPool = async () => {
    await pool.stop();
    server.closeAllConnections();
    server.close();
  };
};
