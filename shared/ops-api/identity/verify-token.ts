import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock';
import { TransientError, ensureError } from '../../kernel/errors';
import { timing } from '../../kernel/timing';
import { OpsProblem } from '../problem';
import { roles } from './caller';
import type { Caller, Role } from './caller';

export type TokenSettings = {
  /** Who signs: origin, no path. */
  readonly authority: string;
  readonly tenantId: string;
  /** Client id of the app registration: the audience of its v2.0 access tokens. */
  readonly clientId: string;
};

/** https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
const Claims = z.object({
  ver: z.literal('2.0'),
  tid: z.string(),
  oid: z.guid(),
  /** Of a token for a user: the scopes. Absent in a token for an application itself. */
  scp: z.string().optional(),
  roles: z.array(z.string()).default([]),
  preferred_username: z.string().optional(),
  name: z.string().optional(),
  azp: z.string().optional(),
  sub: z.string().optional(),
  nonce: z.string().optional(),
});

/** The scope that the page and the command line ask for. */
export const opsScope = 'Ops.Use';

/** Answers the caller of an `Authorization` header. */
export type VerifyToken = (authorization: string | undefined) => Promise<Caller>;

/**
 * Checks access tokens of the tenant for this app: RS256 signature by a key of the issuer, issuer, audience, tenant,
 * version and times (https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-tokens).
 * `keys`: default, the issuer's published keys.
 * @throws OpsProblem 401 `ops/not-signed-in`, `ops/token-expired`, `ops/token-refused`
 * @throws TransientError `ops/issuer-unreachable`
 */
export function makeTokenVerifier(
  { authority, tenantId, clientId }: TokenSettings,
  clock: Clock,
  keys: JWTVerifyGetKey = issuerKeys(authority, tenantId),
): VerifyToken {
  const issuer = `${authority}/${tenantId}/v2.0`;
  return async (authorization) => {
    const token = /^Bearer ([A-Za-z0-9\-_]+\.[A-Za-z0-9\-_]+\.[A-Za-z0-9\-_]+)$/.exec(
      authorization ?? '',
    )?.[1];
    if (token === undefined) {
      throw new OpsProblem(401, 'ops/not-signed-in', 'The request carries no access token.', {
        hint: `Send \`Authorization: Bearer TOKEN\` with a token for api://${clientId}/.default.`,
      });
    }
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['RS256'],
        issuer,
        audience: clientId,
        clockTolerance: timing.ops.clockSkew.ms / 1_000,
        currentDate: new Date(clock.now()),
        requiredClaims: ['exp', 'iss', 'aud', 'oid', 'tid', 'ver'],
      });
      return toCaller(Claims.parse(payload), tenantId);
    } catch (thrown) {
      throw explain(thrown);
    }
  };
}

/** For an app whose sign-in is not configured: nothing is ever open by default. */
export const refuseAll: VerifyToken = async () => {
  throw new OpsProblem(503, 'ops/not-configured', 'Sign-in to the ops API is not configured.', {
    hint: 'Set LICENSER_OPS_CLIENT_ID to the client id of the app registration (docs/permissions.md).',
  });
};

function issuerKeys(authority: string, tenantId: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(`${authority}/${tenantId}/discovery/v2.0/keys`), {
    cacheMaxAge: timing.ops.keySetAge.ms,
    cooldownDuration: timing.ops.keySetCooldown.ms,
  });
}

function toCaller(claims: z.infer<typeof Claims>, tenantId: string): Caller {
  if (claims.tid !== tenantId) throw refused('The token is of another tenant.');
  const isUser = claims.scp !== undefined;
  if (!isUser && !isOfApplication(claims)) throw refused('The token is no access token.');
  if (isUser && !claims.scp?.split(' ').includes(opsScope)) {
    throw refused(`The token does not carry the scope ${opsScope}.`);
  }
  const known = claims.roles.filter((role): role is Role => roles.some((each) => each === role));
  return {
    id: claims.oid,
    name: claims.preferred_username ?? claims.name ?? claims.azp ?? claims.oid,
    kind: isUser ? 'user' : 'app',
    roles: isUser ? known : known.filter((role) => role !== 'Approver'),
  };
}

/**
 * A token without a scope is an application's own only if its subject is the application's object and it names the
 * client that asked. A user's ID token, which has the same audience and roles, has neither.
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
function isOfApplication({ azp, sub, oid, nonce, preferred_username: userName }: z.infer<typeof Claims>) {
  return azp !== undefined && sub === oid && nonce === undefined && userName === undefined;
}

function refused(detail: string): OpsProblem {
  return new OpsProblem(401, 'ops/token-refused', detail, { hint: 'Sign in again.' });
}

function explain(thrown: unknown): Error {
  if (thrown instanceof OpsProblem) return thrown;
  if (thrown instanceof errors.JWTExpired) {
    return new OpsProblem(401, 'ops/token-expired', 'The access token has expired.', {
      hint: 'Sign in again.',
    });
  }
  if (thrown instanceof z.ZodError)
    return refused('The token is not a v2.0 access token of a user or an application.');
  if (thrown instanceof errors.JWTClaimValidationFailed)
    return refused(`The token’s ${thrown.claim} is not right.`);
  // Signature, algorithm and shape: what exactly is wrong helps only those who forge.
  if (thrown instanceof errors.JOSEError && !(thrown instanceof errors.JWKSTimeout)) {
    const isKeySet = thrown.code === 'ERR_JOSE_GENERIC';
    if (!isKeySet) return refused('The token is not signed by the issuer of this tenant.');
  }
  const cause = ensureError(thrown);
  return new TransientError('ops/issuer-unreachable', 'The token issuer’s keys cannot be read', {
    cause,
  });
}
