/**
 * A refusal as Graph words it: status, error.code and error.message.
 * https://learn.microsoft.com/graph/errors
 */
export class GraphFault extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'GraphFault';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** A rule of the directory was broken: nearly every such refusal has this one code. */
export function directoryRefusal(message: string): GraphFault {
  return new GraphFault(400, 'Request_BadRequest', message);
}

/** The request could not be read as OData. */
export function malformedRequest(message: string): GraphFault {
  return new GraphFault(400, 'BadRequest', message);
}

/** 400 Request_UnsupportedQuery. */
export function unsupportedQuery(message: string): GraphFault {
  return new GraphFault(400, 'Request_UnsupportedQuery', message);
}

/** 404 Request_ResourceNotFound, in Graph's words. */
export function resourceNotFound(id: string): GraphFault {
  return new GraphFault(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

/** 403 Authorization_RequestDenied. */
export function accessDenied(): GraphFault {
  return new GraphFault(
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  );
}

/** A user in a restricted management unit, for whom application permissions do not count. */
export function restricted(): GraphFault {
  return new GraphFault(
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation. Target object is a member of a restricted management administrative unit and can only be modified by administrators scoped to that administrative unit.',
  );
}
