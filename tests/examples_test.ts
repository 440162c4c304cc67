import { assertEquals } from "@std/assert";
import { CLI_WORDS, failureText, uncaughtText } from "./support/failure_text.ts";
import { killWhen } from "./support/kill_when.ts";
import { permittedTest, type TestPermission } from "./support/permitted_test.ts";
import { ExampleRun, type MaskedEnd } from "./support/programs/example_run.ts";

const NEEDED: readonly TestPermission[] = ["read", "write", "run", "env"];

function assertEnd(end: MaskedEnd, code: number, output: string): void {
  assertEquals(end, { code, output });
}

permittedTest("01_first_transaction.ts fails, is inspected, fixed and resumed", NEEDED, async () => {
  await using example = await ExampleRun.of("01_first_transaction");
  const cause = "AlreadyExists: <system error>: writefile '<folder>/our_test_file'";
  const failed = uncaughtText('Step 1 "createFile"', cause, "<journal>");
  assertEnd(await example.run(), 1, `Hello World, the 1. time\n${failed}`);
  assertEnd(
    await example.cli("inspect"),
    0,
    `Transaction  aborted  01_first_transaction.ts
  journal  <folder>/<journal>
  started  <time> UTC  ended <time>  took <time>
  steps  1 failed, 2 pending
  error  step 1 createFile: ${cause}
  at createFile (<project>/examples/01_first_transaction.ts:<place>)
  16 | await Deno.writeTextFile(path, text, { createNew: true });

Steps
  1  createFile("<folder>/our_test_file", "Hello World, the 2. time")  failed  at <time>, took <time>
  2  state.greeting = readFile("<folder>/our_test_file")  pending
  3  print(state.greeting)  pending

Next
  When you have fixed the cause, run the rest
  ${CLI_WORDS} resume <folder>/<journal>
  Skip step 1
  ${CLI_WORDS} resume <folder>/<journal> --skip 1`,
  );
  await Deno.remove(example.path("our_test_file"));
  assertEnd(await example.cli("resume"), 0, "Hello World, the 2. time\nfinished: 3 of 3 steps");
  assertEquals(await example.listFiles(), ["our_test_file"]);
});

permittedTest("02_passing_values_on.ts fails, is inspected, fixed and resumed", NEEDED, async () => {
  await using example = await ExampleRun.of("02_passing_values_on");
  const cause = 'TypeError: the environment variable "SIGNATURE" is not set';
  const text = uncaughtText('Step 3 "writeLetter"', cause, "<journal>", { isNeeded: true });
  const part = 'pass its value, with its part "length"';
  const said = text.replace("failed:", "could not be started:").replace("pass its value", part);
  assertEnd(await example.run(), 1, said);
  assertEnd(
    await example.cli("inspect"),
    0,
    `Transaction  aborted  02_passing_values_on.ts
  journal  <folder>/<journal>
  planned  <time> UTC
  steps  3 pending
  error  step 3 writeLetter could not be started: ${cause}

Steps
  1  state.user = createUser("Ana")  pending
  2  state[2] = chooseRooms(state.user.id)  pending
  3  state[3] = writeLetter({ to: state.user.name, first: state[2][0], since: state.user.since }, env.SIGNATURE)  pending

Next
  When you have fixed the cause, run the rest
  ${CLI_WORDS} resume <folder>/<journal>
  You did step 3 by hand: ${part}
  ${CLI_WORDS} resume <folder>/<journal> --done 3 --result JSON`,
  );
  const env = { SIGNATURE: "The team" };
  const letter = "Dear Ana, from 2026 on you have room 7. The team";
  assertEnd(await example.cli("resume", [], { env }), 0, `${letter}\nfinished: 3 of 3 steps`);
  assertEnd(
    await example.run({ env }),
    0,
    `${letter}
{
  user: { id: 7, name: "Ana", since: 2026-11-23T02:15:00.000Z },
  rooms: [ "room 7", "kitchen" ],
  characters: 48
}`,
  );
  assertEquals(await example.listFiles(), []);
});

permittedTest("03_remote_steps.ts fails, is inspected, fixed and resumed", NEEDED, async () => {
  await using example = await ExampleRun.of("03_remote_steps");
  const cause = "NotFound: <system error>: writefile '<folder>/outbox/ana'";
  const failed = failureText('Step 1 "write"', cause, "<journal>");
  const meanwhile = async (): Promise<void> => {
    assertEnd(
      await example.cli("inspect"),
      0,
      `Transaction  aborted  03_remote_steps.ts
  journal  <folder>/<journal>
  started  <time> UTC  ended <time>  took <time>
  steps  1 failed, 3 pending
  error  step 1 write: ${cause}
  at write (http://127.0.0.1:<port>/outbox.ts:<place>)

Steps
  1  write("<folder>/outbox", "ana", "Welcome!")  failed  at <time>, took <time>
  2  write("<folder>/outbox", "ben", "Welcome too!")  pending
  3  state[3] = list("<folder>/outbox")  pending
  4  print(state[3])  pending

Next
  When you have fixed the cause, run the rest
  ${CLI_WORDS} resume <folder>/<journal>
  Skip step 1
  ${CLI_WORDS} resume <folder>/<journal> --skip 1`,
    );
    assertEnd(await example.cli("resume"), 1, `error: ${failed}`);
    await Deno.mkdir(example.path("outbox"));
    assertEnd(await example.cli("resume"), 0, "In the outbox: ana, ben\nfinished: 4 of 4 steps");
  };
  const end = await killWhen(example.command(), "until Ctrl-C", { meanwhile });
  assertEquals(example.mask(end).output, `${failed}\nServing the steps until Ctrl-C`);
});

permittedTest(
  "04_start_once.ts fails, is inspected, mended, and goes on when it is started again",
  NEEDED,
  async () => {
    await using example = await ExampleRun.of("04_start_once");
    const cause = "NotFound: <system error>: readfile '<folder>/figures.txt'";
    const failed = uncaughtText('Step 2 "readFigures"', cause, "report-2026-11.json", { isNeeded: true });
    assertEnd(await example.run(), 1, `Beginning the report\n${failed}`);
    await Deno.writeTextFile(example.path("figures.txt"), "3 4 5\n");
    assertEnd(await example.run(), 0, "Sending the report\nSent: sum 12");
    assertEnd(await example.run(), 0, "Sent: sum 12");
    assertEnd(
      await example.cli("inspect"),
      0,
      `Transaction  finished  04_start_once.ts
  journal  <folder>/report-2026-11.json
  started  <time> UTC  ended <time>  took <time>
  runs  2, the last since <time> UTC by process <id> on <host> with resumable-tx 0.1.0
  steps  3 finished

Steps
  1  announce()  finished  at <time>, took <time>
  2  state[2] = readFigures("<folder>/figures.txt")  finished  at <time>, took <time>  → [3, 4, 5]
  2 attempts
  attempt 1 failed after <time>: ${cause}
  3  state[3] = send(state[2])  finished  at <time>, took <time>  → "sum 12"`,
    );
  },
);

permittedTest("05_move_user.ts fails, is inspected, fixed and resumed", NEEDED, async () => {
  await using example = await ExampleRun.of("05_move_user");
  const cause = "NotFound: <system error>: rename '<folder>/company/old/mail/ana' -> '<folder>/company/new/mail/ana'";
  assertEnd(await example.run(), 1, uncaughtText('Step 3 "moveFile"', cause, "move-ana.json"));
  assertEnd(
    await example.cli("inspect"),
    0,
    `Transaction  aborted  05_move_user.ts
  journal  <folder>/move-ana.json
  started  <time> UTC  ended <time>  took <time>
  steps  2 finished, 1 failed, 3 pending
  error  step 3 moveFile: ${cause}
  at moveFile (<project>/examples/steps/user_steps.ts:<place>)
  19 | await Deno.rename(from, to);

Steps
  1  state.uid = lockUser("<folder>/company/users.db", "ana")  finished  at <time>, took <time>  → 1001
  2  moveFolder("<folder>/company/old/home/ana", "<folder>/company/new/home/ana")  finished  at <time>, took <time>
  3  moveFile("<folder>/company/old/mail/ana", "<folder>/company/new/mail/ana")  failed  at <time>, took <time>
  4  setServer("<folder>/company/users.db", state.uid, "new")  pending
  5  unlockUser("<folder>/company/users.db", state.uid)  pending
  6  reportUser("<folder>/company/users.db", state.uid, "<folder>/company")  pending

Next
  When you have fixed the cause, run the rest
  ${CLI_WORDS} resume <folder>/move-ana.json
  Skip step 3
  ${CLI_WORDS} resume <folder>/move-ana.json --skip 3`,
  );
  await Deno.mkdir(example.path("company/new/mail"));
  assertEnd(await example.cli("resume"), 0, "ana is at home on new, 2 files, 1 mail\nfinished: 6 of 6 steps");
  assertEquals(await example.listFiles(), []);
});

permittedTest("06_killed_half_way.ts is killed twice, asks once, and is finished", NEEDED, async () => {
  await using example = await ExampleRun.of("06_killed_half_way");
  const killed = Deno.build.os === "windows" ? 1 : 137;
  const resume = `${CLI_WORDS} resume <folder>/order-7.json`;
  assertEnd(await example.run(), killed, "");
  assertEnd(
    await example.cli("resume"),
    3,
    `Step 1 "charge" was interrupted, and its outcome is unknown: the process died. Find out what happened
Step 1 did not happen: run it
  ${resume} --retry 1
Step 1 happened
  ${resume} --done 1
Skip step 1
  ${resume} --skip 1`,
  );
  assertEquals(await Deno.readTextFile(example.path("ledger.txt")), "charged 10\n");
  assertEnd(await example.cli("resume", ["--done", "1", "--why", "it is in the ledger"]), killed, "");
  assertEnd(
    await example.cli("inspect"),
    0,
    `Transaction  interrupted  06_killed_half_way.ts
  journal  <folder>/order-7.json
  started  <time> UTC  last record <time>  after <time>
  runs  3, the last since <time> UTC by process <id> on <host> with resumable-tx 0.1.0
  steps  1 finished, 1 unknown, 1 pending

Steps
  1  charge("<folder>/ledger.txt", 10)  finished  at <time>
  decided: done by ana, <time> UTC: it is in the ledger
  it has no value: it was decided that the step is done, without a result
  2  announce("<folder>/ledger.txt", 7)  unknown  at <time>
  it was interrupted: it may have happened or not. Resume runs it again
  3  print("<folder>/ledger.txt")  pending

Next
  Run the rest
  ${resume}`,
  );
  assertEnd(await example.cli("resume"), 0, "charged 10\nannounced 7 <id>/2/0\nfinished: 3 of 3 steps");
  assertEquals(await example.listFiles(), ["ledger.txt"]);
});
