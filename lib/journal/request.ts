import { INSTANT, NAME } from "../plan/node.ts";
import { escapeJsonText } from "../text/escape.ts";
import { attempt, type ShapeOf, text, variants } from "../values/shape.ts";
import { MAX_LINE_BYTES } from "./encode_record.ts";
import { REASON, STORED_VALUE } from "./event.ts";

/** The id of a request: a UUID. */
const REQUEST_ID = text(36, /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);

/**
 * What a process asks of a transaction that another process runs. `id` is its own, so that it is answered once; `transaction`
 * is the id of the transaction it is for, since a journal can be moved.
 */
const REQUEST = variants("request", {
  /** As the event `signalled` has it. */
  signal: { signal: NAME, ...STORED_VALUE, "by?": NAME },
  /** No further step is to run. */
  cancel: REASON,
  /** The run is to end before the next step. */
  stop: REASON,
}, { id: REQUEST_ID, transaction: NAME, at: INSTANT });

export type Request = ShapeOf<typeof REQUEST>;

type WithoutAddress<R> = R extends Request ? Omit<R, "id" | "transaction" | "at"> : never;

/** What is asked for, and by whom. */
export type RequestContent = WithoutAddress<Request>;

/** The event that answers it must fit into a record, with others. */
export const MAX_REQUEST_BYTES = MAX_LINE_BYTES - 64 * 1024;

/** Throws `RangeError` for one that is too long. */
export function encodeRequest(request: Request): string {
  const text = `${escapeJsonText(JSON.stringify(request))}\n`;
  if (new TextEncoder().encode(text).length <= MAX_REQUEST_BYTES) return text;
  throw new RangeError(`Cannot send a request of more than ${MAX_REQUEST_BYTES} bytes`);
}

/** Returns the request, or what is wrong with the text. */
export function decodeRequest(json: string): Request | string {
  const parsed = attempt((): { readonly value: unknown } => ({ value: JSON.parse(json) }));
  if (parsed === undefined) return "it is no JSON";
  const fault = REQUEST(parsed.value);
  // The cast follows from the shape.
  return fault === undefined
    ? parsed.value as Request
    : `it is no request: ${fault.path.slice(1) || "it"} ${fault.reason}`;
}

/** In the order in which they were sent. */
export function compareRequests(a: Request, b: Request): number {
  return a.at < b.at || (a.at === b.at && a.id < b.id) ? -1 : 1;
}
