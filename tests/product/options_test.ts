/** What plain JavaScript, or a misspelt word behind a cast, may hand to the API. Nothing may run, and nothing change. */
import { assertEquals, assertRejects } from "@std/assert";
import { Transaction } from "../../lib/transaction.ts";
import { planOf, unchanged, writeJournal } from "../cli/written_journal.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";

const RESUME = "home, decisions, keep, trust, acceptChanges, now, takeOver, signal, observer";

type Call = (journal: string, options: never) => Promise<unknown>;

const REFUSALS: readonly (readonly [Call, unknown, string])[] = [
  [Transaction.resume, { desicions: [] }, `Unknown option "desicions" of a resume: use ${RESUME}`],
  [Transaction.resume, null, "The options of a resume are an object"],
  [Transaction.resume, { decisions: { step: "1" } }, 'The option "decisions" of a resume is a list'],
  [Transaction.resume, { signal: {} }, 'The option "signal" of a resume is an AbortSignal'],
  [
    Transaction.resume,
    { decisions: [{ step: "1", decision: "done", value: 7 }] },
    'Unknown member "value" of a decision: use step, decision, result, by, why',
  ],
  [
    Transaction.resume,
    { decisions: [{ step: 1, decision: "done" }] },
    'The "step" of a decision is text: its number or its name',
  ],
  [
    Transaction.resume,
    { decisions: [{ step: "1", decision: "done", result: 7 }] },
    'The "result" of a decision is an object with a "value"',
  ],
  [
    Transaction.rollback,
    { until: "1" },
    'Unknown option "until" of a rollback: use to, strict, by, why, home, trust, acceptChanges, now, takeOver, observer',
  ],
  [Transaction.cancel, { reason: "no" }, 'Unknown option "reason" of a cancellation: use by, why'],
  [
    (journal, options) => Transaction.signal(journal, "go", 1, options),
    { who: "ana" },
    'Unknown option "who" of a signal: use by',
  ],
];

permittedTest(
  "Transaction refuses unknown options of each static method, and runs nothing",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      await writeJournal(journal, [planOf("file:///srv/nowhere.ts", [{ export: "say" }])]);
      for (const [call, options, message] of REFUSALS) {
        const error = await unchanged(journal, () => assertRejects(() => call(journal, options as never), TypeError));
        assertEquals(error.message, message);
      }
    }),
);

permittedTest(
  "Transaction says what names a journal, and which signal's value cannot be stored",
  ["read"],
  async () => {
    await assertRejects(
      () => Transaction.inspect(5 as never),
      TypeError,
      " type number",
    );
    await assertRejects(
      () => Transaction.signal("/srv/j.json", "go", () => {}),
      TypeError,
      " signal's value ",
    );
  },
);
