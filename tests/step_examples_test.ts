/** The examples of the options of steps and transactions, run as their comments say. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { CLI_WORDS, uncaughtText } from "./support/failure_text.ts";
import { startOtlpReceiver } from "./support/otlp_receiver.ts";
import { permittedTest, type TestPermission } from "./support/permitted_test.ts";
import { ExampleRun, type MaskedEnd } from "./support/programs/example_run.ts";

const NEEDED: readonly TestPermission[] = ["read", "write", "run", "env"];
const KILLED = Deno.build.os === "windows" ? 1 : 137;

function assertEnd(end: MaskedEnd, code: number, output: string): void {
  assertEquals(end, { code, output });
}

permittedTest("07_retry.ts tries again until the server answers", NEEDED, async () => {
  await using example = await ExampleRun.of("07_retry");
  const asks = [1, 2, 3].map((attempt) => `Asking for dollars, attempt ${attempt}\n`).join("");
  assertEnd(await example.run(), 0, `${asks}1 euro is 1.17 dollars`);
  const { output } = await example.cli("inspect");
  const failures = [1, 2].map((attempt) => `  attempt ${attempt} failed after <time>: Error: The server is busy\n`);
  assertEquals(output.includes(`  3 attempts\n${failures.join("")}`), true, output);
});

permittedTest("08_time_limit.ts reaches its limit, is fixed and resumed", NEEDED, async () => {
  await using example = await ExampleRun.of("08_time_limit");
  const cause = "TimeoutError: The step reached its time limit of 200 ms";
  const masked = cause.replace("after 200 ms", "after <time>");
  assertEnd(await example.run(), 1, uncaughtText('Step 1 "waitForDrive"', masked, "backup.json"));
  await Deno.writeTextFile(example.path("drive_is_on"), "");
  assertEnd(await example.cli("resume"), 0, "The tape has it\nfinished: 2 of 2 steps");
});

permittedTest("09_probe.ts is killed, finds out that it has paid, and does not ask", NEEDED, async () => {
  await using example = await ExampleRun.of("09_probe");
  assertEnd(await example.run(), KILLED, "");
  assertEnd(await example.cli("resume"), 0, "receipt 1 of 10 euros\nfinished: 2 of 2 steps");
  assertEquals((await Deno.readTextFile(example.path("ledger.txt"))).trim().split("\n").length, 1);
});

permittedTest("10_side_by_side.ts fails in one branch, is fixed and resumed", NEEDED, async () => {
  await using example = await ExampleRun.of("10_side_by_side");
  const cause = "NotFound: <system error>: stat '<folder>/a.jpg'";
  const done = "b begins\nb is small\n";
  assertEnd(await example.run(), 1, done + uncaughtText('Step 1.1 "shrink"', cause, "album.json", { isNeeded: true }));
  await Deno.writeTextFile(example.path("a.jpg"), "");
  const rest = ["a", "c", "d", "e"].map((name) => `${name} begins\n${name} is small\n`).join("");
  const { code, output } = await example.cli("resume");
  assertEquals([code, output.split("\n").toSorted()], [
    0,
    `${rest}Album of 5 pictures\nfinished: 6 of 6 steps`.split("\n").toSorted(),
  ]);
});

permittedTest("11_branches.ts keeps the order in each branch", NEEDED, async () => {
  await using example = await ExampleRun.of("11_branches");
  assertEnd(
    await example.run(),
    0,
    `web stops
mail stops
web is updated
mail is updated
web 2.0 starts
mail 2.0 starts
web 2.0 talks to mail 2.0`,
  );
});

permittedTest(
  "12_sub_plan.ts fails in the plan that a step returned, is inspected, fixed and resumed",
  NEEDED,
  async () => {
    await using example = await ExampleRun.of("12_sub_plan");
    await Deno.writeTextFile(example.path("guests.txt"), "ana 3,ben 1,eve 2\n");
    const cause = "NotFound: <system error>: stat '<folder>/paper'";
    const done = "Dear ana 3, please come\nA table for ana 3\n";
    assertEnd(await example.run(), 1, done + uncaughtText('Step 2.3 "invite"', cause, "party.json"));
    const { output } = await example.cli("inspect");
    assertEquals(output.includes('2.3  invite("ben 1", "<folder>/paper")  failed'), true, output);
    await Deno.writeTextFile(example.path("paper"), "");
    assertEnd(
      await example.cli("resume"),
      0,
      `Dear ben 1, please come
Dear eve 2, please come
A table for eve 2
3 letters
finished: 8 of 8 steps`,
    );
  },
);

permittedTest("13_approval.ts waits for a signal, gets it and is resumed", NEEDED, async () => {
  await using example = await ExampleRun.of("13_approval");
  assertEnd(
    await example.run(),
    0,
    `Counting cranes
Step 3 waits for the signal "approval"
Send the signal "approval" to step 3
  ${CLI_WORDS} signal <folder>/order.json approval JSON
Then run the rest
  ${CLI_WORDS} resume <folder>/order.json
If no more steps should run, cancel the transaction
  ${CLI_WORDS} cancel <folder>/order.json`,
  );
  assertEnd(
    await example.cli("signal", ["approval", '{"by":"ana","cranes":2}']),
    0,
    `recorded: the signal "approval". Run the rest\n  ${CLI_WORDS} resume <folder>/order.json`,
  );
  assertEnd(await example.cli("resume"), 0, "Ordered 2 cranes, says ana; 7 were there\nfinished: 4 of 4 steps");
});

permittedTest("14_undo.ts fails, and is rolled back in two parts", NEEDED, async () => {
  await using example = await ExampleRun.of("14_undo");
  const done = "Booked the hotel\nYou have a bed\nBooked the train\n";
  const failed = uncaughtText('Step 4 "book"', "Error: All flights are full", "journey.json", { isUndoable: true });
  assertEnd(await example.run(), 1, done + failed);
  assertEnd(
    await example.cli("rollback", ["--dry-run"]),
    0,
    `Undo, in this order
  3  book("train")  finished  will be undone
  1  state.hotel = book("hotel")  finished  will be undone

Stay as they are
  2  sendMail("You have a bed")  finished  stays as it is: it has no undo function

All these steps would be undone, unless an undo fails
Nothing was changed, and no module was loaded`,
  );
  assertEnd(
    await example.cli("rollback", ["--strict"]),
    2,
    'error: Cannot roll back "<folder>/journey.json": step 2 has no undo function. Without --strict (strict: true), what ' +
      "these steps did stays",
  );
  assertEnd(
    await example.cli("rollback", ["--to", "hotel"]),
    0,
    "Gave back the train, train-17\nundone: 1 step; step 2 stays as it is; step 1 stays because of --to",
  );
  assertEnd(
    await example.cli("rollback"),
    0,
    "Gave back the hotel, hotel-17\nundone: 1 step; step 2 stays as it is",
  );
});

permittedTest("15_all_or_nothing.ts undoes what it has done", NEEDED, async () => {
  await using example = await ExampleRun.of("15_all_or_nothing");
  assertEnd(
    await example.run(),
    0,
    `made a folder
made a folder
removed a folder
removed a folder
Nothing was left of it, because of step 3`,
  );
  const { output } = await example.cli("inspect");
  assertEquals(output.startsWith("Transaction  undone  15_all_or_nothing.ts\n"), true, output);
  assertEquals((await example.cli("resume")).code, 2);
});

permittedTest("16_cancel.ts gives up, and is rolled back", NEEDED, async () => {
  await using example = await ExampleRun.of("16_cancel");
  assertEnd(
    await example.run(),
    0,
    `For sale: a boat
The transaction was cancelled: The operation was aborted due to timeout
Step 1: done. Step 2: failed
See what has happened
  ${CLI_WORDS} inspect <folder>/sale.json
Undo what has happened
  ${CLI_WORDS} rollback <folder>/sale.json`,
  );
  assertEnd(
    await example.cli("resume"),
    2,
    'error: Cannot resume "<folder>/sale.json": the transaction is cancelled\nSee what has happened, and what can still be ' +
      `done\n  ${CLI_WORDS} inspect <folder>/sale.json\nTo start anew, remove the journals of transactions that have ` +
      `ended, and run the program again\n  ${CLI_WORDS} prune <folder>/ --cancelled --undone`,
  );
  assertEnd(await example.cli("rollback"), 0, "No longer for sale: a boat\nundone: 1 step");
});

permittedTest("17_watching.ts prints events and progress", NEEDED, async () => {
  await using example = await ExampleRun.of("17_watching");
  assertEnd(
    await example.run(),
    0,
    `opened
planned
ready
started 1
  step 1: copies a.txt
  step 1: 50 %
  step 1: copies b.txt
  step 1: 100 %
finished 1
ended`,
  );
});

permittedTest("18_traces.ts sends spans when they are turned on", [...NEEDED, "net"], async () => {
  await using example = await ExampleRun.of("18_traces");
  assertEnd(await example.run(), 0, "cleaned and painted");
  await using receiver = startOtlpReceiver();
  assertEnd(await example.run({ env: receiver.env }), 0, "cleaned and painted");
  const spans = receiver.spans().filter(({ scope }) => scope === "@x/resumable-tx");
  assertEquals(spans.map(({ name, attributes }) => `${name} ${attributes["resumable_tx.outcome"]}`).toSorted(), [
    "step clean failed",
    "step clean finished",
    "step paint finished",
    "transaction 18_traces.ts finished",
  ]);
});

permittedTest("19_defaults.ts is killed half-way, and continues with the options of all steps", NEEDED, async () => {
  await using example = await ExampleRun.of("19_defaults");
  assertEnd(await example.run(), KILLED, "Dear ana\nDear ben");
  const { output } = await example.cli("inspect");
  for (
    const line of [
      "2  letters: parallel, at most 1 at a time",
      '2.2  state[2.2] = send("ben")  unknown',
      "Resume runs it again",
    ]
  ) {
    assertStringIncludes(output, line);
  }
  assertEnd(
    await example.cli("resume"),
    0,
    "Dear ben\nDear eve\nCharged 3 letters of 1 batch\n" +
      'Step 2.3 "send", attempt 1 failed: Error: The mail server is in a bad mood. Attempt 2 no earlier than <time> UTC\n' +
      "finished: 5 of 5 steps",
  );
});

permittedTest("20_from_a_program.ts signals, cancels and rolls back", NEEDED, async () => {
  await using example = await ExampleRun.of("20_from_a_program");
  assertEnd(
    await example.run(),
    0,
    `Reserved a crane
crane.json is waiting, waits for "granted"
Awaited: true
Delivered from the place of the crane to the harbour
Reserved a boat
boat.json is cancelled
Freed the place of the boat
Not undone: 0
boat.json is undone`,
  );
  const { output } = await example.cli("inspect");
  assertStringIncludes(output, "cancelled  <time> UTC by ana: nobody wants boats");
});
