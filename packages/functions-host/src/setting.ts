import { UserError } from '../../emulator-kit/src/errors';

export type Settings = Readonly<Record<string, string | undefined>>;

/**
 * Replaces each `%NAME%` by the app setting of that name, as bindings do
 * (https://learn.microsoft.com/azure/azure-functions/functions-bindings-expressions-patterns).
 */
export function resolveSettings(text: string, settings: Settings, where: string): string {
  return text.replace(/%([^%]+)%/g, (_whole, name: string) => {
    const value = settings[name];
    if (value === undefined) {
      throw new UserError(
        'functions-host/no-setting',
        `${where} names the setting ${name}, which is not set`,
        {
          hint: `Set ${name} in the environment of the functions host.`,
        },
      );
    }
    return value;
  });
}

/**
 * Whether an app setting switches this function off: then nothing triggers it, and its route answers 404.
 * https://learn.microsoft.com/azure/azure-functions/disable-function
 */
export function isDisabled(settings: Settings, name: string): boolean {
  return /^(?:true|1)$/i.test(settings[`AzureWebJobs.${name}.Disabled`] ?? '');
}
