// Rules that hold infra/ against the product: settings, queues, functions.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nodesOf, plainText, problemAt, propertyName } from './parse-bicep.mjs';

const configPath = 'shared/config/config.ts';
const operatorQueuePath = 'shared/queue/operator-requests.ts';
const queueNamesPath = 'shared/queue/queues.ts';
const queuesPath = 'local/service-bus.config.json';
const settingsPath = 'docs/settings.md';

const read = (root, path) => readFileSync(join(root, path), 'utf8');
const at = (path, text, index, message) => {
  const before = text.slice(0, index).split('\n');
  return { path, line: before.length, column: before.at(-1).length + 1, message };
};

/** Every setting that config.ts reads, with its index in that file. */
export function settingsOf(source) {
  const start = source.indexOf('const Settings = z.object({');
  const end = source.indexOf('\n});', start);
  if (start < 0 || end < 0)
    throw new Error(`${configPath}: "const Settings = z.object({ ... });" is not found`);
  const inSchema = [...source.slice(start, end).matchAll(/^ {2}(\w+):/gm)].map((match) => ({
    name: match[1],
    index: start + match.index + 2,
  }));
  const read = [...source.matchAll(/environment\['(\w+)'\]/g)].map((match) => ({
    name: match[1],
    index: match.index,
  }));
  return [...inSchema, ...read];
}

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
  const source = read(root, configPath);
  const settings = settingsOf(source);
  const documented = documentedSettings(read(root, settingsPath));
  const properties = files.flatMap((file) =>
    nodesOf(file, 'object_property').map((node) => ({ file, node, name: propertyName(node) })),
  );
  const set = new Set(properties.map(({ name }) => name));
  for (const { name, index } of settings) {
    const row = documented.get(name);
    if (!row) {
      yield at(configPath, source, index, `${name} has no row in ${settingsPath}`);
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
  const source = read(root, queueNamesPath);
  const block = /const queues = \{([^]*?)\n\}/.exec(source)?.[1] ?? '';
  const operators = /operatorQueue = '([^']+)'/.exec(read(root, operatorQueuePath))?.[1];
  const wanted = [...block.matchAll(/name: '([^']+)'/g)].map((match) => match[1]).concat(operators ?? []);
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
  const registered = readdirSync(join(root, 'functions')).flatMap((name) =>
    [...read(root, join('functions', name)).matchAll(/\bapp\.\w+\('([^']+)'/g)].map((match) => match[1]),
  );
  for (const file of files) {
    for (const node of nodesOf(file, 'string')) {
      const [, name] = /^function:(.+)$/.exec(plainText(node) ?? '') ?? [];
      if (name && !registered.includes(name)) {
        yield problemAt(file.path, node, `functions/ registers no function ${name}`);
      }
    }
  }
}
