import { assertThrows } from "@std/assert";
import { checkTransactionOptions } from "../../../lib/run/options/transaction_options.ts";

Deno.test("checkTransactionOptions() refuses what plain JavaScript may pass", () => {
  const refusals: readonly (readonly [string, string])[] = [
    ['{"onfailure":"stop"}', ' option "onfailure" of a transaction: '],
    ['{"onFailure":"undo"}', ' "undo" of "onFailure": '],
    ['{"onFailure":null}', ' null of "onFailure": '],
    ['{"signal":{"aborted":false}}', ' option "signal" of a transaction '],
    ['{"ifExists":"retry"}', ' "retry" of "ifExists": '],
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
