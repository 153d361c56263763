import { createHmac } from 'node:crypto';

/** Opaque tokens: readable only to the one who wrote them, and refused when anything was changed. */
export class TokenSeal {
  constructor(private readonly secret: string) {}

  seal(value: unknown): string {
    const text = Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${text}.${this.sign(text)}`;
  }

  /** undefined: not one of our tokens. */
  open(token: string): unknown {
    const dot = token.indexOf('.');
    const text = token.slice(0, dot);
    if (dot < 0 || this.sign(text) !== token.slice(dot + 1)) return undefined;
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  }

  private sign(text: string): string {
    return createHmac('sha256', this.secret).update(text).digest('base64url').slice(0, 16);
  }
}
