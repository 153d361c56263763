#!/usr/bin/env node
// Prints what a month costs, from scripts/cost/prices.json and scripts/cost/usage.json; docs/cost.md holds its output.
//   cost.mjs [--memory 512|2048|4096] [--always-ready N] [--private-network]   a table
//   cost.mjs --write                                                         docs/cost.md is made anew
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { costTable, priceTable } from './cost/cost-of.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const read = (name) => JSON.parse(readFileSync(join(here, 'cost', name), 'utf8'));
const prices = read('prices.json');
const usage = read('usage.json');

const { values } = parseArgs({
  options: {
    memory: { type: 'string', default: '2048' },
    'always-ready': { type: 'string', default: '1' },
    'private-network': { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const tableOf = (memoryMB, alwaysReady, privateNetwork = false) =>
  costTable({ memoryMB, alwaysReady, privateNetwork }, prices, usage);

if (values.write) {
  const page = join(here, '..', 'docs', 'cost.md');
  const filled = readFileSync(page, 'utf8')
    .replace(/<!-- prices -->[^]*?<!-- end -->/, `<!-- prices -->\n\n${priceTable(prices)}\n\n<!-- end -->`)
    .replace(
      /<!-- cost (\d+) (\d+) -->\n\n[^]*?\n\n<!-- end -->/g,
      (_all, memory, ready) =>
        `<!-- cost ${memory} ${ready} -->\n\n${tableOf(Number(memory), Number(ready))}\n\n<!-- end -->`,
    );
  writeFileSync(page, filled);
} else {
  process.stdout.write(
    `${tableOf(Number(values.memory), Number(values['always-ready']), values['private-network'])}\n`,
  );
}
