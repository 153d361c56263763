import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const projectFolder = join(__dirname, '../../..');

export type ProductSource = {
  /** From the project's folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
};

/** TypeScript sources of the product under these folders; packages and tests are none. */
export function readProductSources(
  folders: readonly string[] = ['shared', 'functions', 'cli', 'local', 'demo', 'rehearsal'],
): readonly ProductSource[] {
  return folders.flatMap((folder) =>
    readdirSync(join(projectFolder, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => ({
        path: join(folder, file).replaceAll('\\', '/'),
        text: readFileSync(join(projectFolder, folder, file), 'utf8'),
      })),
  );
}
