/** Made by the build (scripts/dashboard/bundle-page.mjs). */
declare module 'made:routes' {
  /** `get /failures` by `failures.showFailures`. */
  export const table: Readonly<Record<string, string>>;
}

declare module 'made:runbook' {
  export type Span = { readonly text?: string; readonly code?: string; readonly strong?: string };
  export type Block =
    | { readonly kind: 'paragraph'; readonly spans: readonly Span[] }
    | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Span[])[] }
    | { readonly kind: 'table'; readonly rows: readonly (readonly (readonly Span[])[])[] };
  export const sections: readonly {
    readonly id: string;
    readonly level: number;
    readonly title: readonly Span[];
    readonly blocks: readonly Block[];
  }[];
}

declare module '*.css';
