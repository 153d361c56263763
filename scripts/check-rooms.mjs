#!/usr/bin/env node
// Part of `npm run lint`: every room imports only the rooms below it, no files import each other in a circle, and files
// and folders are small enough to be read in one go.
// Type imports count like any other: a circle of types ties two files together just as firmly for a reader.
//   check-rooms.mjs [ROOT]   exit code 1 and one line for each wrong import, circle, file or folder
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const pure = ['shared/kernel', 'shared/words'];
const work = [...pure, 'shared/policy', 'shared/licensing', 'shared/graph', 'shared/queue', 'shared/store'];
const handlers = [...work, 'shared/quota', 'shared/config', 'shared/observe', 'shared/pipeline'];

/** What each room may import besides itself. A file belongs to the longest name that its path begins with. */
export const rooms = {
  'shared/kernel': [],
  'shared/words': ['shared/kernel'],
  'shared/policy': pure,
  'shared/licensing': [...pure, 'shared/policy'],
  'shared/graph': pure,
  'shared/queue': pure,
  'shared/store': pure,
  'shared/quota': [...pure, 'shared/store'],
  'shared/config': pure,
  'shared/observe': pure,
  // What people are shown of a tenant as a whole: pure but for `read`.
  'shared/tenant/read': [...pure, 'shared/policy', 'shared/graph', 'shared/tenant'],
  'shared/tenant': [...pure, 'shared/policy', 'shared/licensing'],
  // The row machine is pure: no I/O, and no types of what does I/O.
  'shared/pipeline/row': [...pure, 'shared/policy', 'shared/licensing'],
  'shared/pipeline': handlers,
  'shared/ops': handlers,
  'shared/ops-api': [...handlers, 'shared/ops'],
  // Serves the built page; knows nothing of what the page does.
  'shared/ops-page': [],
  'shared/triggers': [...handlers, 'shared/ops', 'shared/ops-api', 'shared/ops-page'],
  'shared/wiring.ts': ['shared'],
  'shared/wiring-ops.ts': ['shared'],
  'shared/wiring-clients.ts': ['shared'],
  'shared/wiring-services.ts': ['shared'],
  'shared/wiring-tenant.ts': ['shared'],
  functions: ['shared/wiring.ts', 'shared/wiring-ops.ts'],
  // Shared by the emulators, compiled into each of them; what starts them uses it too.
  'packages/emulator-kit': [],
  'packages/service-bus-emulator': ['packages/emulator-kit'],
  'packages/graph-emulator': ['packages/emulator-kit'],
  'packages/functions-host': ['packages/emulator-kit'],
  // Runs in a browser: of the API it takes the types of its routes alone (eslint.config.js).
  dashboard: ['shared/ops-api', 'shared/ops-page'],
  local: ['packages', ...pure, 'shared/queue'],
  // The product on a moved clock: tables, queues and Graph in one process, without a wire.
  rehearsal: ['packages', 'shared'],
  // The same world, in which everything goes wrong, and its judge.
  faults: ['packages', 'shared', 'rehearsal'],
  demo: ['packages', 'local', 'shared', 'cli/render', 'cli/local-cloud', 'rehearsal'],
  cli: ['packages', 'local', 'shared', 'rehearsal'],
  bench: ['packages', 'local', 'demo', 'rehearsal', 'shared', 'cli'],
};

/** The condition under which the packages' exports name their sources (also in tsconfig.json and jest.config.js). */
const sourceCondition = '@auto-licenser/source';

const isIn = (file, room) => file === room || file.startsWith(`${room}/`);

function roomOf(file) {
  return Object.keys(rooms)
    .filter((room) => isIn(file, room))
    .sort((a, b) => b.length - a.length)[0];
}

/** TypeScript files in these folders at the top. */
function filesIn(root, tops) {
  return tops.flatMap((top) =>
    existsSync(join(root, top))
      ? readdirSync(join(root, top), { withFileTypes: true, recursive: true })
          .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
          .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
          .filter((file) => !/(^|\/)(node_modules|dist)\//.test(file))
      : [],
  );
}

const sourceTops = [...new Set(Object.keys(rooms).map((room) => room.split('/')[0]))];

const isTest = (file) => /^(packages\/[^/]+\/)?test\//.test(file);

/** Source file of each name that a workspace package exports. */
function packageExports(root) {
  const { workspaces = [] } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return new Map(
    workspaces.flatMap((folder) => {
      const { name, exports = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      return Object.entries(exports)
        .filter(([, target]) => typeof target === 'object')
        .map(([path, target]) => [posix.join(name, path), posix.join(folder, target[sourceCondition])]);
    }),
  );
}

function importsOf(root, file, exported) {
  const text = readFileSync(join(root, file), 'utf8');
  const paths = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, path]) => path);
  return paths
    .map((path) => {
      if (!path.startsWith('.')) return exported.get(path);
      const target = posix.join(posix.dirname(file), path);
      return [`${target}.ts`, `${target}.tsx`, target].find((name) => existsSync(join(root, name)));
    })
    .filter((name) => /\.tsx?$/.test(name ?? ''));
}

/** Groups of files that reach each other (Tarjan's strongly connected components, those of more than one file). */
function findCircles(graph) {
  const circles = [];
  const index = new Map();
  const low = new Map();
  const stack = [];
  const visit = (file) => {
    index.set(file, index.size);
    low.set(file, index.get(file));
    stack.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) low.set(file, Math.min(low.get(file), low.get(target)));
    }
    if (low.get(file) !== index.get(file)) return;
    const members = stack.splice(stack.indexOf(file));
    if (members.length > 1) circles.push(members);
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return circles;
}

const mostLines = 300;
/** Tests of one subject stay together. */
const mostLinesOfTests = 350;
const mostFiles = 20;

/** Files with too many lines, and folders with too many files at one level. */
function findTooLarge(root, files) {
  const folders = new Map();
  for (const file of files) folders.set(posix.dirname(file), (folders.get(posix.dirname(file)) ?? 0) + 1);
  return [
    ...files.flatMap((file) => {
      const lines = readFileSync(join(root, file), 'utf8').split('\n').length - 1;
      const most = isTest(file) ? mostLinesOfTests : mostLines;
      return lines > most ? [`${file}: ${lines} lines; a file has at most ${most}`] : [];
    }),
    ...[...folders].flatMap(([folder, count]) =>
      count > mostFiles ? [`${folder}: ${count} files; a folder has at most ${mostFiles} at one level`] : [],
    ),
  ];
}

/**
 * @param {string} root the project
 * @returns {Map<string, string[]>} what each TypeScript file of it imports of it, tests too; paths within the project
 */
export function importsOfProject(root) {
  const exported = packageExports(root);
  return new Map(
    filesIn(root, [...sourceTops, 'test']).map((file) => [file, importsOf(root, file, exported)]),
  );
}

/** One line for each import that its room does not allow, each circle, and each file or folder that is too large. */
export function checkRooms(root) {
  const all = filesIn(root, [...sourceTops, 'test']);
  const files = all.filter((file) => !isTest(file));
  const exported = packageExports(root);
  const graph = new Map(files.map((file) => [file, importsOf(root, file, exported)]));
  const problems = [];
  for (const [file, imports] of graph) {
    const room = roomOf(file);
    if (room === undefined) {
      problems.push(`${file}: no room in scripts/check-rooms.mjs has this file`);
      continue;
    }
    for (const target of imports) {
      if (isIn(target, room) || rooms[room].some((allowed) => isIn(target, allowed))) continue;
      const list = rooms[room].join(', ') || 'nothing else';
      problems.push(`${file}: imports ${target}; ${room} may only import ${list}`);
    }
  }
  problems.push(...findTooLarge(root, all));
  for (const circle of findCircles(graph)) problems.push(`circle of imports: ${circle.join(' -> ')}`);
  return problems;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = checkRooms(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
