/** .NET would refuse the pattern; `at` is an offset into it. Never leaves this folder: see dotnet-regex.ts. */
export class RegexError extends Error {
  constructor(
    message: string,
    readonly at: number,
    readonly hint?: string,
  ) {
    super(message);
    this.name = 'RegexError';
  }
}
