/** How far the action with this key is; `key` null: no dialog is open. */
export type OwnProgress<At> = { readonly key: string | null; readonly at: At };

/** What the open dialog shows after news of the action with this key. News of another action, which came late, change nothing. */
export function afterNews<At>(shown: OwnProgress<At>, key: string, at: At): OwnProgress<At> {
  return shown.key === key ? { key, at } : shown;
}
