/** `inspect --html` as a file: who may read it, what it replaces, what it needs. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runCli } from "../../support/run_deno.ts";
import { runMain } from "../fake_io.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";

const ALL = ["read", "write", "run"] as const;

/** Runs the test in a folder with a journal. */
function inFolderWithJournal(test: (folder: string, journal: string) => Promise<void>): Promise<void> {
  return inFolder({}, async (folder) => {
    await writeJournal(`${folder}/j.json`, [planOf("file:///srv/a.ts", [{ export: "move", args: ["<b>"] }])]);
    await test(folder, `${folder}/j.json`);
  });
}

permittedTest(
  "inspect --html writes a new page, readable by its owner alone",
  ["read", "write"],
  () =>
    inFolderWithJournal(async (folder, journal) => {
      const page = `${folder}/page.html`;
      const { code, out, error } = await unchanged(journal, () => runMain(["inspect", journal, "--html", page]));
      assertEquals([code, out, error.includes(page)], [0, "", true]);
      if (Deno.build.os !== "windows") assertEquals((Deno.statSync(page).mode ?? 0) & 0o777, 0o600);
      const text = await Deno.readTextFile(page);
      assertStringIncludes(text, "move(&quot;&lt;b&gt;&quot;)");
      assertMatch(text, /^<!doctype html>\n<html lang="en">[^]*<\/html>\n$/);
      assertEquals(/<script|javascript:|\bon\w+=|style="|url\(|@import|https?:\/\//i.test(text), false);
    }),
);

permittedTest("inspect --html replaces a page only when it is told to, and never a journal or a link", [
  "read",
  "write",
], () =>
  inFolderWithJournal(async (folder, journal) => {
    const page = `${folder}/page.html`;
    await Deno.writeTextFile(page, "mine");
    const kept = await runMain(["inspect", journal, "--html", page]);
    assertEquals([kept.code, await Deno.readTextFile(page)], [2, "mine"]);
    assertStringIncludes(kept.error, " --force ");
    assertEquals((await runMain(["inspect", journal, "--html", page, "--force"])).code, 0);
    assertStringIncludes(await Deno.readTextFile(page), "<!doctype html>");
    for (const force of [[], ["--force"]]) {
      const { code } = await unchanged(journal, () => runMain(["inspect", journal, "--html", journal, ...force]));
      assertEquals(code, 2);
    }
    if (Deno.build.os === "windows") return;
    await Deno.symlink(journal, `${folder}/link.html`);
    const link = await unchanged(journal, () =>
      runMain(["inspect", journal, "--html", `${folder}/link.html`, "--force"]));
    assertEquals([link.code, link.error.includes("no plain file")], [2, true]);
  }));

permittedTest(
  "inspect --html names the flag that it lacks, and what kept it from writing",
  ALL,
  () =>
    inFolderWithJournal(async (folder, journal) => {
      const flags = [`--allow-read=${journal}`];
      const page = `${folder}/page.html`;
      const { code, stderr } = await runCli(["inspect", journal, "--html", page], { flags });
      assertEquals([code, stderr.endsWith(` --allow-write=${page}\n`)], [77, true], stderr);
      assertEquals(
        (await runCli(["inspect", journal, "--html", page], { flags: [...flags, `--allow-write=${page}`] })).code,
        0,
      );
      const none = await runMain(["inspect", journal, "--html", `${folder}/none/page.html`]);
      assertEquals([none.code, none.error.includes("/none/page.html")], [74, true], none.error);
    }),
);

permittedTest(
  "inspect --html=- writes the page to standard output and needs --allow-read alone",
  ALL,
  () =>
    inFolderWithJournal(async (_folder, journal) => {
      const { code, stdout, stderr } = await runCli(["inspect", journal, "--html=-"], {
        flags: [`--allow-read=${journal}`],
      });
      assertEquals([code, stderr, stdout.startsWith("<!doctype html>")], [0, "", true]);
    }),
);
