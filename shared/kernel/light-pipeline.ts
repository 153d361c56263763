/** The pipeline of a client of Azure's SDK, as far as it is used here. */
type Copied<Pipeline> = {
  clone(): Pipeline;
  removePolicy(options: { readonly name: string }): unknown;
};

/**
 * What a small question of one address has no use for: it sends no body, is not compressed, and its tracing and its log are
 * the caller's. Names: policies of @azure/core-rest-pipeline.
 */
const uselessPolicies = [
  ...['formDataPolicy', 'multipartPolicy', 'decompressResponsePolicy'],
  ...['tracingPolicy', 'logPolicy', 'redirectPolicy'],
];

/**
 * A copy of an SDK client's pipeline for small reads that are asked every few seconds: who signs a request, how it is tried
 * again, and the proxy it goes through stay the SDK's.
 */
export function lightPipeline<Pipeline extends Copied<Pipeline>>(pipeline: Pipeline): Pipeline {
  const copy = pipeline.clone();
  for (const name of uselessPolicies) copy.removePolicy({ name });
  return copy;
}
