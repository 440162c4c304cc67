import { safeText } from "../../text/escape.ts";
import { DatabaseError, type DatabaseTrouble } from "../sql/database.ts";

/** What the server says of an error. It never contains a password. */
interface ServerError {
  /** An SQLSTATE, or the name of an error of the operating system. */
  readonly code: string;
  readonly message: string;
}

/** By SQLSTATE, or by its class: what it means for the store, and what to do, if the message does not say so. */
const TROUBLES: readonly (readonly [code: string, trouble: DatabaseTrouble, advice?: string])[] = [
  ["25006", "refused", "It is read-only, as a standby is"],
  ["28P01", "refused", "Check the user and the password: in the locator, PGPASSWORD or PGPASSFILE"],
  ["28", "refused", "Check the user in the locator, and what pg_hba.conf of the server allows"],
  ["3D000", "refused", "Create the database first, or correct its name in the locator"],
  ["3F000", "refused", "The role has no right to use the schema: ask its owner for it, or to run resumable-tx migrate"],
  ["42501", "refused", "Ask an administrator of the database for the permission"],
  ["53100", "full"],
  ["XX001", "damaged", "A page of the database is damaged: restore it from a backup"],
  ["XX002", "damaged", "An index of the database is damaged: rebuild it with reindex"],
  ["57014", "away"],
  ["57P", "away"],
  ["55P03", "away"],
  ["08", "away"],
  ["53", "away"],
  ["22", "data"],
  ["23", "data"],
  ["54", "data"],
  // It was in the way of another transaction. The next try will find that one over.
  ["40", "away"],
];

/** Errors of the network after which another try may succeed. */
const NETWORK: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
]);

/** The tables are not there yet. */
export function isMissingTable(error: unknown): boolean {
  return error instanceof DatabaseError && ["42P01", "3F000"].includes(codeOf(error.cause) ?? "");
}

/** Another row is in the place. */
export function isTaken(error: unknown): boolean {
  return error instanceof DatabaseError && codeOf(error.cause) === "23505";
}

/** What the server has said, by its code; nothing if it has said nothing. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = codeOf(error) ?? "";
  return isSqlState(code) ? code : undefined;
}

/** The server has refused what it was asked, so nothing of that was done. One that is ending may have done it before. */
export function isAnswer(error: unknown): boolean {
  return /^(?!08|57P|58|XX)/.test(sqlStateOf(error) ?? "08");
}

/** Turns whatever the driver throws into what the store understands. `place` is the server's, for messages. */
export function toDatabaseError(error: unknown, place: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { code, message } = describe(error);
  const [, trouble = "refused", advice] = TROUBLES.find(([start]) => code.startsWith(start)) ?? [];
  const options = { cause: error };
  if (isSqlState(code)) return new DatabaseError(trouble, sentence(message, advice), options);
  if (NETWORK.has(code)) return new DatabaseError("away", `${place} cannot be reached: ${message}`, options);
  if (code === "ENOTFOUND") return new DatabaseError("refused", `${place} has no address: ${message}`, options);
  if (error instanceof Deno.errors.NotCapable) return new DatabaseError("refused", message, options);
  // The driver's own words about a connection that ended or did not answer.
  const isAway = /terminat|timeout|timed out|not queryable|closed|connection/i.test(message);
  return new DatabaseError(isAway ? "away" : "refused", isAway ? `${place}: ${message}` : message, options);
}

function sentence(message: string, advice: string | undefined): string {
  return advice === undefined ? message : `${message}. ${advice}`;
}

function describe(error: unknown): ServerError {
  // A host with several addresses gives an error for each.
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0]);
  return { code: codeOf(error) ?? "", message: safeText(error) || "it gives no reason" };
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const code: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : undefined;
}

function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);
}
