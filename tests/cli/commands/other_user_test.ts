/** Folders and journals that this user may not write or read, in real processes. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { asUser, giveAway, runAsUser, userTest } from "../../support/as_user.ts";
import { CliProcess } from "../../support/cli_process.ts";
import { inFolder } from "../../support/in_folder.ts";
import type { ProcessEnd } from "../../support/run_deno.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";

const STEPS = 'export function say() {\n  console.log("said");\n}\n';
const SAID = [0, "said\n"] as const;

/** How a command ended, and what its steps said. */
function ended({ code, stdout }: ProcessEnd): readonly [code: number, stdout: string] {
  return [code, stdout];
}

/** A user's folder, in it a folder "held" with a journal of that user's; the test says what they may do there. */
function inHeldFolder(
  files: Readonly<Record<string, string>>,
  test: (folder: string, journal: string, user: CliProcess) => Promise<void>,
): Promise<void> {
  return inFolder({ "steps.js": STEPS, ...files }, async (folder) => {
    const held = `${folder}/held`;
    await Deno.mkdir(held, { mode: 0o755 });
    await writeJournal(`${held}/j.json`, [planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "say" }])]);
    await giveAway(folder);
    if (Deno.uid() === 0) await Deno.chown(held, 0, 0);
    try {
      await using user = new CliProcess(await asUser(folder));
      await test(folder, `${held}/j.json`, user);
    } finally {
      await Deno.chmod(held, 0o755);
    }
  });
}

/** Takes from the user what root's ownership alone does not take where root does not run the tests. */
async function forbid(path: string, mode: number): Promise<void> {
  if (Deno.uid() === 0) await Deno.chown(path, 0, 0);
  else await Deno.chmod(path, mode);
}

userTest(
  "resume refuses at once a journal that it could not remove in the end, and runs it with --keep",
  () =>
    inHeldFolder({}, async (folder, journal, user) => {
      await forbid(`${folder}/held`, 0o555);
      for (const flags of [["-A"], ["--allow-read", "--allow-write"]]) {
        const trust = flags[0] === "-A" ? [] : ["--trust"];
        const { code, stdout, stderr } = await unchanged(
          journal,
          () => runAsUser(folder, ["resume", journal, ...trust], flags),
        );
        assertEquals([code, stdout], [77, ""]);
        assertEquals(
          stderr.replace(/\(mode 0.*?\)/, "(MODE)"),
          `error: Refused to use ${
            JSON.stringify(journal)
          }: it is removed when all steps are done, and this user may not ` +
            `remove files of ${
              JSON.stringify(`${folder}/held`)
            } (MODE). Change that, or keep it: --keep, or keep: true\n`,
        );
      }
      assertEquals(ended(await user.run(["resume", journal, "--keep"])), SAID);
      const again = await unchanged(journal, () => user.run(["resume", journal]));
      const kept = await unchanged(journal, () => user.run(["resume", journal, "--keep"]));
      assertEquals([again, ended(kept)], [kept, [0, ""]]);
      assertEquals(Array.from(Deno.readDirSync(`${folder}/held`), ({ name }) => name), ["j.json"]);
    }),
);

userTest(
  "resume removes a journal of this user's from a folder that all may write and only owners remove from",
  () =>
    inHeldFolder({}, async (folder, journal, user) => {
      await Deno.chmod(`${folder}/held`, 0o1777);
      assertEquals(ended(await user.run(["resume", journal])), SAID);
      assertEquals([...Deno.readDirSync(`${folder}/held`)], []);
      if (Deno.uid() !== 0) return;
      await writeJournal(journal, [planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "say" }])]);
      await Deno.chmod(journal, 0o666);
      const { code, stdout, stderr } = await unchanged(
        journal,
        () => user.run(["resume", journal, "--trust"]),
      );
      assertEquals([code, stdout, stderr.includes(JSON.stringify(`${folder}/held`))], [77, "", true], stderr);
    }),
);

const PROGRAM = `
import { Transaction } from "@x/resumable-tx";
import { say } from "./steps.js";
if (import.meta.main) await Transaction.run(import.meta, (t) => t.do(say), { journal: "held/new.json" });
`;

userTest(
  "a program that may make no journal in a folder is told of the folder",
  () =>
    inHeldFolder({ "main.ts": PROGRAM }, async (folder) => {
      await forbid(`${folder}/held`, 0o555);
      const { code, stdout, stderr } = await runAsUser(folder, [], ["-A"], `${folder}/main.ts`);
      assertEquals([code, stdout], [1, ""]);
      const [held, journal] = [`${folder}/held`, `${folder}/held/new.json`].map((path) => JSON.stringify(path));
      assertStringIncludes(
        stderr,
        `JournalRefused: Refused to use ${journal}: the operating system does not let this user create a file in ` +
          `${held}; check the folder's mode and owner\n`,
      );
    }),
);

userTest(
  "resume leaves a journal at rest that it cannot remove any more when all steps are done",
  () =>
    inHeldFolder(
      { "steps.js": 'export const say = () => Deno.chmodSync("held", 0o555);\n' },
      async (folder, journal, user) => {
        await giveAway(`${folder}/held`);
        const { code, stderr } = await user.run(["resume", journal]);
        assertEquals(code, 74);
        assertMatch(
          stderr,
          /^error: Cannot remove ".*", whose transaction has finished: .*\. Nothing is left to run: you can delete it\n/,
        );
        assertMatch(await Deno.readTextFile(journal), /\n\]$/);
        const again = await unchanged(journal, () => user.run(["resume", journal]));
        assertEquals(ended(again), [0, ""]);
      },
    ),
);

userTest("resume and list say that a folder may not be read", () =>
  inHeldFolder({}, async (folder, _journal, user) => {
    await Deno.chmod(`${folder}/held`, 0);
    for (const command of ["resume", "list", "prune"]) {
      const words = command === "prune" ? [command, "held", "--finished"] : [command, "held"];
      const { code, stdout, stderr } = await user.run(words);
      assertEquals([command, code, stdout], [command, 77, ""]);
      const why = "the operating system does not let this user read it; check its mode and owner";
      assertEquals(stderr, `error: Refused to use ${JSON.stringify(`${folder}/held`)}: ${why}\n`);
    }
  }));

userTest(
  "list and resume tell of a journal among others that may not be read",
  () =>
    inHeldFolder({}, async (folder, journal, user) => {
      await giveAway(`${folder}/held`);
      await Deno.copyFile(journal, `${folder}/held/z.json`);
      await Deno.chmod(`${folder}/held/z.json`, 0o600);
      await giveAway(`${folder}/held/z.json`);
      await forbid(journal, 0);
      for (const word of ["held", "h*/*.json"]) {
        const listed = await user.run(["list", word]);
        assertEquals([listed.code, listed.stderr], [0, ""]);
        assertMatch(listed.stdout, /^unreadable .* held\/j\.json/m);
        assertMatch(listed.stdout, /^pending .* held\/z\.json/m);
      }
      const { code, stdout, stderr } = await user.run(["resume", "held"]);
      assertEquals([code, stdout], [77, "said\n"]);
      assertMatch(stderr, /^held\/j\.json: unreadable: /m);
      assertMatch(stderr, /^1 of 2 .*\n {2}held\/z\.json {2}finished\n {2}held\/j\.json {2}was refused\n/m);
    }),
);

userTest(
  "resume --dry-run foresees that the journal could not be removed, as far as a look at its folder tells",
  () =>
    inHeldFolder({}, async (folder, journal, user) => {
      const held = `${folder}/held`;
      const look = async (...flags: readonly string[]) => {
        const before = await Deno.stat(held);
        const end = await unchanged(journal, () => user.run(["resume", journal, "--dry-run", ...flags]));
        assertEquals((await Deno.stat(held)).mtime, before.mtime, "no file was made there");
        return end;
      };
      await forbid(held, 0o555);
      const foreseen = await look();
      assertEquals([foreseen.code, (await look("--keep")).code], [77, 0]);
      const real = await user.run(["resume", journal]);
      const [, why = ""] = /^error: (.*)$/m.exec(real.stderr) ?? [];
      assertStringIncludes(why, JSON.stringify(held));
      assertStringIncludes(foreseen.stdout, `: ${why}\n`);
      if (Deno.uid() !== 0) return;
      // Whether this user is of the group cannot be told without trying.
      await Deno.chown(held, 0, 4321);
      await Deno.chmod(held, 0o775);
      assertEquals((await look("--trust")).code, 0);
      await giveAway(held);
      await Deno.chmod(held, 0o755);
      assertEquals((await look()).code, 0);
    }),
);

userTest(
  "resume --dry-run says of a journal that this user may not write, and of another's, that resume would refuse it",
  () =>
    inHeldFolder({}, async (folder, journal, user) => {
      const look = () => unchanged(journal, () => user.run(["resume", journal, "--dry-run", "--keep"]));
      assertEquals((await look()).code, 0);
      await Deno.chmod(journal, 0o444);
      const denied = await look();
      assertEquals(denied.code, 77);
      const real = await user.run(["resume", journal]);
      assertEquals(real.code, 77);
      assertStringIncludes(denied.stdout, real.stderr.replace(/^error/, ""));
      if (Deno.uid() !== 0) return;
      await Deno.chmod(journal, 0o600);
      await Deno.chown(`${folder}/held`, 4321, 4321);
      const foreign = await look();
      assertEquals([foreign.code, foreign.stdout.includes("belongs to user 4321, who may replace it")], [77, true]);
    }),
);
