import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { pathParameters } from './route';
import type { AnyRoute } from './route';
import { ApprovalView, LongOperationView } from './schemas';

type Registry = OpenAPIHono['openAPIRegistry'];

const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  hint: z.string().optional(),
  requestId: z.string(),
});

const problems: Readonly<Record<number, string>> = {
  400: 'The request is not right',
  401: 'No access token, or one that is refused',
  403: 'A role is missing',
  404: 'What was named is not there',
  409: 'Not possible now',
  422: 'Not possible',
  429: 'Too many requests',
  503: 'Tables, Service Bus or Graph are away',
};

/** Adds every route to the OpenAPI document, from the declaration that the server itself works by. */
export function describeRoutes(registry: Registry, routes: readonly AnyRoute[]): void {
  registry.registerComponent('securitySchemes', 'entra', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A v2.0 access token of Microsoft Entra ID for this app.',
  });
  for (const route of routes) registry.registerPath(describe(route));
}

function describe(route: AnyRoute): Parameters<Registry['registerPath']>[0] {
  const names = pathParameters(route.path);
  const isParameter = (name: string) => names.includes(name);
  const pick = (keep: (name: string) => boolean) =>
    z.object(Object.fromEntries(Object.entries(route.input.shape).filter(([name]) => keep(name))));
  const rest = pick((name) => !isParameter(name));
  const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
  const later = [
    ...(route.isLong === undefined ? [] : [z.object({ operation: LongOperationView })]),
    ...(route.secondPerson === undefined ? [] : [z.object({ approval: ApprovalView })]),
  ];
  return {
    method: route.method,
    path: route.path,
    operationId: route.id,
    summary: route.summary,
    description: `Role: ${route.role === 'signedIn' ? 'any' : route.role}.`,
    request: {
      ...(names.length > 0 && { params: pick(isParameter) }),
      ...(route.method === 'get' ? { query: rest } : { body: { ...json(rest), required: true } }),
      ...(route.action !== undefined && {
        headers: z.object({ 'Idempotency-Key': z.guid() }),
      }),
    },
    responses: {
      ...(route.secondPerson === undefined && { 200: { description: 'Done', ...json(route.answer) } }),
      ...(later[0] !== undefined && { 202: { description: 'Asked for', ...json(later[0]) } }),
      ...Object.fromEntries(
        Object.entries(problems).map(([status, description]) => [
          status,
          { description, content: { 'application/problem+json': { schema: Problem } } },
        ]),
      ),
    },
  };
}
