/** Name of the picture, and path below the page. */
export const fixedViews: Readonly<Record<string, string>>;

/** By name of the picture: the pattern of the page, the view with links to such things, and a selector of one. */
export const foundViews: Readonly<
  Record<string, { readonly pattern: string; readonly at: string; readonly link: string }>
>;
