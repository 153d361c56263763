#!/usr/bin/env node
// npm run sbom: writes .build/sbom.cdx.json, the bill of materials (CycloneDX 1.5) of what is deployed: exactly the packages of
// which something is in the bundle, each with version, license, hash and what it needs, from package-lock.json. Works without
// network. `npm sbom` lists what is installed, tools included, and refuses while a tool's peer is of another version.
//   sbom.mjs [--out=FILE]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleApp } from '../package/bundle-app.mjs';
import { billOf } from './bill-of-materials.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const outOption = process.argv.slice(2).find((arg) => arg.startsWith('--out='));
const out = outOption?.slice('--out='.length) ?? join(root, '.build', 'sbom.cdx.json');

const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const { packages } = await bundleApp(root);
const bill = billOf(packages, readJson('package-lock.json'), readJson('package.json'));
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, `${JSON.stringify(bill, null, 2)}\n`);
process.stdout.write(`${relative(process.cwd(), out)}: ${bill.components.length} packages\n`);
