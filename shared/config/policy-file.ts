import { readFile } from 'node:fs/promises';
import { decodeText } from '../kernel/decode-text';
import type { Config } from './config';

/** The policy file of the settings. `read` throws UserError `file/not-unicode`, and what reading a file throws. */
export function policyFileOf({ policyPath }: Pick<Config, 'policyPath'>): {
  readonly path: string;
  readonly read: () => Promise<string>;
} {
  return { path: policyPath, read: async () => decodeText(await readFile(policyPath), policyPath) };
}
