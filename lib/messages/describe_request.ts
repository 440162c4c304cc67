import type { Request } from "../journal/request.ts";

/** What was asked for, as a noun. Not escaped. */
export function nameRequest(
  { request, signal }: { readonly request: Request["request"]; readonly signal?: string },
): string {
  return request === "signal" ? `the signal ${JSON.stringify(signal ?? "")}` : `the request to ${request}`;
}
