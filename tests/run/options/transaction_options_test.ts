import { assertThrows } from "@std/assert";
import { checkTransactionOptions } from "../../../lib/run/options/transaction_options.ts";

Deno.test("checkTransactionOptions() refuses what plain JavaScript may pass", () => {
  const refusals: readonly (readonly [string, string])[] = [
    ['{"onfailure":"stop"}', 'Unknown option "onfailure" of a transaction: use journal, keep, ifExists, defaults, onF'],
    ['{"onFailure":"undo"}', 'Unknown value "undo" of "onFailure": use "stop" or "rollback"'],
    ['{"onFailure":null}', 'Unknown value null of "onFailure"'],
    ['{"signal":{"aborted":false}}', 'The option "signal" of a transaction is an AbortSignal'],
    ['{"ifExists":"retry"}', 'Unknown value "retry" of "ifExists"'],
  ];
  for (const [options, message] of refusals) {
    assertThrows(() => checkTransactionOptions(JSON.parse(options)), TypeError, message);
  }
});

Deno.test("checkTransactionOptions() takes what is to be done about a failure, and a signal", () => {
  for (const onFailure of ["stop", "rollback"] as const) {
    checkTransactionOptions({ onFailure, signal: new AbortController().signal });
  }
});
