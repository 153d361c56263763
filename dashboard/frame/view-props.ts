/** What a view gets: the parameters of its path. */
export type ViewProps = { readonly parameters: Readonly<Record<string, string>> };
