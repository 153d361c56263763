import { createHash, randomBytes } from 'node:crypto';
import type { LocalPerson } from './people';

/** What a person was asked to sign in for. */
export type SignIn = {
  readonly person: LocalPerson;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string | undefined;
};

const codeMs = 60_000;

/** Authorization codes: each good once, for a minute, and only with the verifier of its challenge (RFC 7636). */
export class CodeStore {
  readonly #codes = new Map<string, SignIn & { readonly until: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A fresh code for a sign-in. */
  issue(signIn: SignIn): string {
    const code = randomBytes(32).toString('base64url');
    this.#codes.set(code, { ...signIn, until: this.#now() + codeMs });
    return code;
  }

  /** undefined: the code is unknown, used, too old, or of another client. */
  redeem(code: string, verifier: string, redirectUri: string): SignIn | undefined {
    const found = this.#codes.get(code);
    this.#codes.delete(code);
    const isRight =
      found !== undefined &&
      found.until >= this.#now() &&
      found.redirectUri === redirectUri &&
      createHash('sha256').update(verifier).digest('base64url') === found.challenge;
    return isRight ? found : undefined;
  }
}
