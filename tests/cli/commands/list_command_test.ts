import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runCli } from "../../support/run_deno.ts";
import { runMain } from "../fake_io.ts";
import { writeSample, writeSamples } from "../sample_folder.ts";
import { planOf, writeJournal } from "../written_journal.ts";

const DISK = ["read", "write"] as const;

function inSamples(test: (folder: string) => Promise<void>): Promise<void> {
  return inFolder({}, async (folder) => {
    await writeSamples(folder);
    await test(folder);
  });
}

permittedTest(
  "list writes JSON that names each journal with its status, its step and whole commands",
  DISK,
  () =>
    inSamples(async (folder) => {
      const { code, out } = await runMain(["list", `${folder}/aborted.json`, "--json"]);
      assertEquals(code, 0);
      const [{ next, ...rest }, ...more] = JSON.parse(out);
      assertEquals([rest, more], [{
        journal: `${folder}/aborted.json`,
        status: "aborted",
        isHeld: false,
        home: "file:///srv/welcome.ts",
        openedAt: "2026-11-22T12:00:00.000Z",
        lastAt: "2026-11-22T12:00:00.000Z",
        progress: { done: 1, all: 2 },
        step: { id: "2", name: "mail", status: "failed" },
        reason: "AlreadyExists: File exists (os error 17)",
      }, []]);
      const resume = `deno run -A jsr:@x/resumable-tx@0.1.0/cli resume ${folder}/aborted.json`;
      assertEquals(next.map(({ command }: { readonly command: string }) => command), [resume, `${resume} --skip 2`]);
    }),
);

permittedTest(
  "list recognises a transaction that is being run by its lock",
  DISK,
  () =>
    inFolder({}, async (folder) => {
      const plan = planOf("file:///srv/a.ts", [{ export: "move" }]);
      const open = await new FileStore().create(`${folder}/j.json`, plan);
      await open.append([{ type: "started", step: "1", attempt: 1, run: 1 }]);
      const running = await runMain(["list", folder]);
      await open.close();
      const killed = await runMain(["list", folder]);
      assertMatch(running.out, /^started +0\/1 .*j\.json\n +step 1 move\n/m);
      assertMatch(killed.out, /^interrupted +0\/1 .*j\.json +resume --retry 1/m);
    }),
);

permittedTest("list --status and --older leave the others out", DISK, () =>
  inFolder({}, async (folder) => {
    await writeSample(`${folder}/a.json`, "aborted", "2026-11-23T11:00:00.000Z");
    await writeSample(`${folder}/b.json`, "aborted", "2026-11-20T12:00:00.000Z");
    await writeSample(`${folder}/c.json`, "finished", "2026-10-01T12:00:00.000Z");
    await writeSample(`${folder}/d.json`, "interrupted", "2026-11-23T11:59:59.000Z");
    const names = async (...words: string[]) => {
      const { code, out } = await runMain(["list", folder, ...words, "--json"]);
      assertEquals(code, 0);
      return JSON.parse(out).map(({ journal }: { journal: string }) => journal.slice(folder.length + 1, -5));
    };
    assertEquals(await names(), ["b", "a", "d", "c"]);
    assertEquals(await names("--status", "aborted,Finished"), ["b", "a", "c"]);
    assertEquals(await names("--older", "60m"), ["b", "a", "c"]);
    assertEquals(await names("--older=2d", "--status=aborted"), ["b"]);
    assertEquals(await names("--older", "2w", "--status", "aborted"), []);
    const none = await runMain(["list", folder, "--older", "2w", "--status", "aborted"]);
    assertEquals([none.code, none.out], [0, ""]);
  }));

permittedTest(
  "list takes several files and folders, and patterns that no shell has expanded",
  DISK,
  () =>
    inFolder({}, async (folder) => {
      await Deno.mkdir(`${folder}/ana/old`, { recursive: true });
      await Deno.mkdir(`${folder}/[bo]`);
      for (const path of ["ana/1.json", "ana/old/2.json", "[bo]/3.json"]) {
        await writeSample(`${folder}/${path}`, "aborted");
      }
      await writeSample(`${folder}/ana/4.journal`, "aborted");
      await Deno.writeTextFile(`${folder}/ana/notes.json`, "[1, 2]\n");
      // What workers remember of a folder is left out, even if it looks like a journal.
      await Deno.mkdir(`${folder}/ana/.resumable_tx`);
      await writeSample(`${folder}/ana/.resumable_tx/5.json`, "aborted");
      const list = async (...words: string[]) => {
        const { stdout } = await runCli(["list", ...words], { cwd: folder, flags: ["--allow-read"] });
        return [...stdout.matchAll(/^(?:aborted|damaged) .*? (\S+\.j\S+) {2}/gm)].map(([, path]) => path);
      };
      // As a shell hands "ana/*" and "[bo]" over: what is named is listed, whatever it is.
      assertEquals(await list("ana/1.json", "ana/4.journal", "ana/notes.json", "ana/old", "[bo]"), [
        "[bo]/3.json",
        "ana/1.json",
        "ana/4.journal",
        "ana/old/2.json",
        "ana/notes.json",
      ]);
      // No file is listed twice, and one that was not named only if it is a journal.
      assertEquals(await list("ana/*", "ana"), ["ana/1.json", "ana/4.journal", "ana/old/2.json"]);
      assertEquals(await list("**/*.json"), ["[bo]/3.json", "ana/1.json", "ana/old/2.json"]);
      assertEquals(await list(`${folder}/{ana,bo}/?.json`), [`${folder}/ana/1.json`]);
      assertEquals(await list("ana/**/*.json", "**"), ["[bo]/3.json", "ana/1.json", "ana/4.journal", "ana/old/2.json"]);
      assertEquals(await list("./ana", "missing/../ana"), ["ana/1.json"]);
      assertEquals(await list(`file://${folder}/ana`), [`${folder}/ana/1.json`]);
    }),
);

permittedTest(
  "list says what it cannot find or read, and lists the others",
  ["read", "write", "run"],
  () =>
    inFolder({}, async (folder) => {
      await writeSample(`${folder}/j.json`, "aborted");
      const missing = await runMain(["list", `${folder}/none`, `${folder}/j.json`]);
      assertEquals([missing.code, missing.error.includes(`"${folder}/none"`)], [66, true], missing.error);
      assertMatch(missing.out, /^aborted .*j\.json/m);
      const pattern = await runMain(["list", `${folder}/none/*.json`]);
      assertEquals([pattern.code, pattern.out], [66, ""]);
      assertEquals(pattern.error, missing.error);
      const empty = await runMain(["list", `${folder}/x*.json`]);
      assertEquals([empty.code, empty.out], [0, ""]);
      for (const word of [folder, `${folder}/*.json`]) {
        const refused = await runCli(["list", word], { flags: [] });
        assertEquals([refused.code, refused.stdout], [77, ""]);
        assertStringIncludes(refused.stderr, ` --allow-read=${folder}\n`);
      }
      const part = await runCli(["list", "/", folder], { flags: [`--allow-read=${folder}`] });
      assertEquals(part.code, 77);
      assertStringIncludes(part.stderr, " --allow-read=/\n");
      assertMatch(part.stdout, /^aborted .*j\.json/m);
    }),
);

permittedTest(
  "list cuts what holds a journal up to the width of the terminal",
  DISK,
  () =>
    inFolder({}, async (folder) => {
      await writeJournal(`${folder}/j.json`, [
        planOf("file:///srv/a.ts", [{ export: "move", name: "移動" }]),
        [{ type: "started", step: "1", attempt: 1, run: 1 }],
        [
          { type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "Error", message: "檔案不存在".repeat(20) } },
          { type: "aborted", step: "1" },
        ],
      ]);
      const { out } = await runMain(["list", folder], { readColumns: () => 40 });
      assertStringIncludes(out, "\n         step 1 移動: Error: 檔案不存在…\n");
    }),
);

permittedTest("list cannot be disturbed by what is in a journal", DISK, () =>
  inFolder({}, async (folder) => {
    const evil = "\u001b]0;owned\u0007\u202e\u009b2J\n";
    await writeJournal(`${folder}/\u001b[2J.json`, [
      planOf(`file:///${evil}.ts`, [{ export: evil, name: evil }]),
      [{ type: "started", step: "1", attempt: 1, run: 1 }],
      [
        { type: "failed", step: "1", attempt: 1, ms: 1, error: { name: evil, message: evil } },
        { type: "aborted", step: "1" },
      ],
    ]);
    for (const words of [["list"], ["list", "--json"]]) {
      const { code, out, error } = await runMain([...words, folder]);
      assertEquals([code, error], [0, ""]);
      // deno-lint-ignore no-control-regex -- that is what is looked for
      assertEquals(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(out), false, words.join(" "));
    }
  }));

permittedTest(
  "list sums up three thousand journals, damaged ones among them, with few files open at a time",
  [...DISK, "run"],
  () =>
    inSamples(async (folder) => {
      if (Deno.build.os === "windows") return;
      const names = ["waiting", "aborted", "finished", "damaged"];
      // Whoever reads a damaged one looks again a little later, in case it was being written: of those there are few.
      const chosen = (count: number) => count % 30 === 0 ? 3 : count % 3;
      await Deno.mkdir(`${folder}/many`);
      const samples = names.map((name) => Deno.readFileSync(`${folder}/${name}.json`));
      for (let count = 0; count < 3000; count += 1) {
        Deno.writeFileSync(`${folder}/many/${count}.json`, samples[chosen(count)] ?? new Uint8Array());
      }
      const wrapper = ["bash", "-c", 'ulimit -n 100; exec "$@"', "bash"];
      const flags = ["--allow-read"];
      const { code, stdout, stderr } = await runCli(["list", "many"], { cwd: folder, wrapper, flags });
      assertEquals([code, stderr], [0, ""]);
      assertStringIncludes(stdout, "\n3,000 journals: 900 waiting, 1,000 aborted, 100 damaged, 1,000 finished\n");
      const { stdout: json } = await runCli(["list", "many", "--json", "--status", "damaged"], { cwd: folder, flags });
      assertEquals(JSON.parse(json).length, 100);
    }),
);
