/** `inspect --follow`: looks on while another runs a transaction. */
import { assertEquals, assertMatch } from "@std/assert";
import type { Event } from "../../../lib/journal/event.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { inFolder } from "../../support/in_folder.ts";
import { killWhen } from "../../support/kill_when.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { CLI, denoCommand } from "../../support/run_deno.ts";
import { runMain } from "../fake_io.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";

const ALL = ["read", "write", "run"] as const;
const PLAN = planOf("file:///srv/a.ts", [{ export: "move", name: "first" }, { export: "mail" }]);
const STARTED: Event = { type: "started", step: "1", attempt: 1, run: 1 };
const FINISHED: readonly Event[] = [
  { type: "finished", step: "1", attempt: 1, ms: 2, value: { token: "t" } },
  { type: "started", step: "2", attempt: 1, run: 1 },
];
const LAST: readonly Event[] = [{ type: "finished", step: "2", attempt: 1, ms: 2 }, { type: "ended" }];

/** Follows a journal, and resolves when it has shown some word. */
function follow(journal: string, ...words: readonly string[]) {
  let shown = "";
  let waits: (() => void)[] = [];
  const writeOut = (text: string) => {
    shown += text;
    for (const wake of waits.splice(0)) wake();
  };
  const end = runMain(["inspect", journal, "--follow", ...words], { writeOut });
  const seen = async (word: string) => {
    while (!shown.includes(word)) await new Promise<void>((resolve) => waits = [...waits, resolve]);
  };
  return { end, seen, shown: () => shown };
}

permittedTest(
  "inspect --follow shows each event when it is there, and ends when nobody runs it",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      const open = await new FileStore().create(journal, PLAN);
      await open.append([STARTED]);
      const { end, seen, shown } = follow(journal);
      await seen("started    1       first\n");
      await open.append(FINISHED);
      await seen("finished   1       first after 2 ms → { token: «redacted» }\n");
      await open.append(LAST);
      await seen("all steps are done");
      await open.close();
      const { code, error } = await end;
      assertEquals([code, error.startsWith("finished: ")], [0, true], error);
      assertMatch(shown().split("\n")[0] ?? "", /^ +0 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {2}opened /);
      assertEquals(shown().split("\n").length, 9);
    }),
);

permittedTest(
  "inspect --follow ends well when the journal of a finished transaction is removed",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      const open = await new FileStore().create(journal, PLAN);
      const { end, seen, shown } = follow(journal, "--json");
      await seen('"ready"');
      for (const events of [[STARTED], FINISHED, LAST]) await open.append(events);
      await open.close({ remove: true });
      assertEquals((await end).code, 0);
      const types = shown().trim().split("\n").map((line) => JSON.parse(line).type);
      assertEquals(types, ["opened", "planned", "ready", "started", "finished", "started", "finished", "ended"]);
    }),
);

permittedTest("inspect --follow of a journal at rest shows its last events, and tells by its code how it stands", [
  "read",
  "write",
], () =>
  inFolder({}, async (folder) => {
    const failed: Event = { type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "E", message: "no" } };
    const ends: readonly (readonly [number, readonly (readonly Event[])[]])[] = [
      [0, [[STARTED], FINISHED, LAST]],
      [1, [[STARTED], [failed, { type: "aborted", step: "1" }]]],
      [1, [[{ type: "cancelled" }]]],
      [3, [[STARTED]]],
      [3, [[{ type: "waiting", step: "1", for: "decision" }]]],
    ];
    for (const [index, [expected, records]] of ends.entries()) {
      const journal = `${folder}/${index}.json`;
      await writeJournal(journal, [PLAN, ...records]);
      const { code } = await unchanged(journal, () => runMain(["inspect", journal, "--follow"]));
      assertEquals([index, code], [index, expected]);
    }
    const long = `${folder}/long.json`;
    await writeJournal(long, [
      PLAN,
      ...Array.from({ length: 50 }, () => [{ type: "signalled", signal: "x" } as const]),
    ]);
    const { out, error } = await runMain(["inspect", long, "--follow"]);
    assertEquals([out.split("\n").length, error.split("\n")[0]], [11, "… 43 events before …"]);
    assertEquals((await runMain(["inspect", long, "--follow", "--all"])).out.split("\n").length, 54);
    assertEquals((await runMain(["inspect", `${folder}/none.json`, "--follow"])).code, 66);
  }));

const HANGING = `
import { Transaction } from "@x/resumable-tx";
export function hang(): Promise<void> {
  console.log("here");
  return new Promise((resolve) => setTimeout(resolve, 1_000_000));
}
if (import.meta.main) await Transaction.run(import.meta, (t) => void t.do(hang), { journal: "j.json" });
`;

permittedTest(
  "inspect --follow needs --allow-read alone, and notices that the process was killed",
  ALL,
  () =>
    inFolder({ "hang.ts": HANGING }, async (folder) => {
      const journal = `${folder}/j.json`;
      const child: Deno.ChildProcess[] = [];
      await killWhen(denoCommand(`${folder}/hang.ts`, [], { cwd: folder }), "here", {
        meanwhile: async () => {
          const command = denoCommand(CLI, ["inspect", journal, "--follow"], { flags: [`--allow-read=${journal}`] });
          const follower = command.spawn();
          child.push(follower);
          const reader = follower.stdout.getReader();
          await reader.read();
          reader.releaseLock();
        },
      });
      const [follower] = child;
      if (follower === undefined) throw new Error("Nobody followed");
      const { code, stderr } = await follower.output();
      assertEquals(code, 3);
      assertMatch(new TextDecoder().decode(stderr), /^interrupted: .*\n {2}deno run .* inspect \S+\/j\.json\n$/);
    }),
);

permittedTest("inspect --follow is stopped by SIGINT", ALL, () =>
  inFolder({}, async (folder) => {
    if (Deno.build.os === "windows") return;
    const journal = `${folder}/j.json`;
    const open = await new FileStore().create(journal, PLAN);
    const command = denoCommand(CLI, ["inspect", journal, "--follow"], { flags: [`--allow-read=${journal}`] });
    const { code } = await killWhen(command, "ready", { signal: "SIGINT" });
    assertEquals(code, 130);
    await open.close();
  }));
