// Rules that hold infra/ against the product: settings, queues, functions.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodesOf, plainText, problemAt, propertyName } from './parse-bicep.mjs';
import {
  environmentReads,
  keysOf,
  namesIn,
  parseTypeScript,
  registeredFunctions,
  stringOf,
} from './read-typescript.mjs';

const configPath = 'shared/config/config.ts';
const schedulesPath = 'shared/config/schedules.ts';
const eventQueuePath = 'shared/queue/event-queue.ts';
const operatorQueuePath = 'shared/queue/operator-requests.ts';
const queueNamesPath = 'shared/queue/queues.ts';
const queuesPath = 'local/service-bus.config.json';
const settingsPath = 'docs/settings.md';

const read = (root, path) => readFileSync(join(root, path), 'utf8');

/** Rows of the table of settings: name -> { fallback, line }. */
export function documentedSettings(markdown) {
  const rows = new Map();
  for (const [index, line] of markdown.split('\n').entries()) {
    const [, name, fallback] = /^\| `(\w+)` \|[^|]*\|([^|]*)\|/.exec(line) ?? [];
    if (name) rows.set(name, { fallback: fallback.trim(), line: index + 1 });
  }
  return rows;
}

/** A setting is set by Bicep, or has a default and stands in docs/settings.md; Bicep sets none that the code does not read. */
export function* findSettingGaps(files, root) {
  const config = parseTypeScript(root, configPath);
  const settings = [
    ...keysOf(config, 'Settings'),
    ...environmentReads(config),
    ...environmentReads(parseTypeScript(root, schedulesPath)),
  ];
  const documented = documentedSettings(read(root, settingsPath));
  const properties = files.flatMap((file) =>
    nodesOf(file, 'object_property').map((node) => ({ file, node, name: propertyName(node) })),
  );
  const set = new Set(properties.map(({ name }) => name));
  for (const { name, path, line, column } of settings) {
    const row = documented.get(name);
    if (!row) {
      yield { path, line, column, message: `${name} has no row in ${settingsPath}` };
    } else if (!set.has(name) && (row.fallback === '' || row.fallback === 'required')) {
      yield {
        path: settingsPath,
        line: row.line,
        column: 1,
        message: `${name} has no default and Bicep does not set it`,
      };
    }
  }
  for (const { file, node, name } of properties) {
    if (/^LICENSER_/.test(name ?? '') && !settings.some((setting) => setting.name === name)) {
      yield problemAt(file.path, node, `${configPath} reads no setting ${name}`);
    }
  }
}

/** Bicep takes the queues from the local broker's file; that file must have exactly the queues the code names. */
export function* findQueueGaps(files, root) {
  const loads = files.some(
    (file) =>
      file.path === 'infra/modules/service-bus.bicep' &&
      nodesOf(file, 'string').some((node) => plainText(node)?.endsWith(queuesPath)),
  );
  const where = { path: queuesPath, line: 1, column: 1 };
  if (!loads) {
    yield { path: 'infra/modules/service-bus.bicep', line: 1, column: 1, message: `must load ${queuesPath}` };
  }
  const wanted = [
    ...namesIn(parseTypeScript(root, queueNamesPath), 'queues'),
    stringOf(parseTypeScript(root, operatorQueuePath), 'operatorQueue'),
    stringOf(parseTypeScript(root, eventQueuePath), 'eventQueue'),
  ];
  const queues = JSON.parse(read(root, queuesPath)).UserConfig.Namespaces[0].Queues.map(
    (queue) => queue.Name,
  );
  for (const name of wanted.filter((name) => !queues.includes(name))) {
    yield { ...where, message: `queue ${name} of ${queueNamesPath} is missing` };
  }
  for (const name of queues.filter((name) => !wanted.includes(name))) {
    yield { ...where, message: `queue ${name} is not in ${queueNamesPath}` };
  }
}

/** An always-ready instance for a function that does not exist is refused at deployment, or paid for in vain. */
export function* findUnknownFunctions(files, root) {
  const registered = registeredFunctions(root);
  for (const file of files) {
    for (const node of nodesOf(file, 'string')) {
      const [, name] = /^function:(.+)$/.exec(plainText(node) ?? '') ?? [];
      if (name && !registered.includes(name)) {
        yield problemAt(file.path, node, `functions/ registers no function ${name}`);
      }
    }
  }
}
