import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const special = /[.+^$()|[\]\\]/;

/** `*`, `?`, `**` and `{a,b}` as a regular expression over a path with forward slashes. */
function toRegExp(glob: string): RegExp {
  let source = '';
  let braces = 0;
  for (let at = 0; at < glob.length; at++) {
    const char = glob.charAt(at);
    if (glob.startsWith('**/', at)) {
      source += '(?:[^/]+/)*';
      at += 2;
    } else if (glob.startsWith('**', at)) {
      source += '.*';
      at += 1;
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '{') {
      braces += 1;
      source += '(?:';
    } else if (char === '}' && braces > 0) {
      braces -= 1;
      source += ')';
    } else if (char === ',' && braces > 0) source += '|';
    else source += special.test(char) ? `\\${char}` : char;
  }
  return new RegExp(`^${source}$`);
}

/** The longest folder in front of the first special character. */
function staticFolder(glob: string): string {
  const fixed = glob.slice(0, glob.search(/[*?{]|$/));
  return fixed.includes('/') ? fixed.slice(0, fixed.lastIndexOf('/')) : '';
}

/**
 * Absolute paths of the files that `main` names, sorted; `main` is a path or a glob relative to the app's root
 * (https://learn.microsoft.com/azure/azure-functions/functions-reference-node, registering a function).
 */
export function findEntryPoints(appRoot: string, main: string): string[] {
  const glob = main.replace(/^\.\//, '');
  const wanted = toRegExp(glob);
  const folder = join(appRoot, staticFolder(glob));
  let entries;
  try {
    entries = readdirSync(folder, {
      withFileTypes: true,
      recursive: glob.includes('/') || glob.includes('*'),
    });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => wanted.test(relative(appRoot, file).split(sep).join('/')))
    .sort();
}
